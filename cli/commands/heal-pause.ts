import { NxsError } from '../../domain/errors.js';
import { textOption, whoOf, type Command } from '../definition.js';

const DEFAULT = '1h';

export const healPause: Command = {
  name: 'heal pause',
  summary: 'maintenance: what goes wrong is noticed and told, and nothing is done about it, for at most 24 h',
  options: [
    { flags: '--for <duration>', summary: `how long (default ${DEFAULT}, at most 24h)` },
    { flags: '--by <who>', summary: 'whose word it is, for the journal (default: the user name)' },
    { flags: '--reason <text>', summary: 'why, for the journal' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { parseDuration } = await import('../duration.js');
    const { loadFor } = await import('../setup.js');
    const { LONGEST_PAUSE, pauseHealing } = await import('../../workers/healing/desk.js');
    const span = parseDuration(textOption(invocation, 'for') ?? DEFAULT, '--for');
    if (span <= 0 || span > LONGEST_PAUSE)
      throw new NxsError(
        'USAGE',
        '--for must be longer than nothing and at most 24h: a forgotten pause has to end.',
      );
    const config = await loadFor(context);
    const until = Date.now() + span;
    const by = whoOf(invocation);
    await pauseHealing(config, { until, by, reason: textOption(invocation, 'reason') ?? '' });
    const words = new Date(until).toISOString();
    if (context.json) context.out(JSON.stringify({ paused: true, until: words }));
    else context.out(`paused until ${words}; nxs heal resume ends it sooner`);
    return 0;
  },
};
