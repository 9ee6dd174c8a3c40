import path from 'node:path';
import { NxsError } from '../../domain/errors.js';
import { textOption, type Command } from '../definition.js';

export const journalShow: Command = {
  name: 'journal show',
  summary: 'the latest events, oldest first',
  options: [
    { flags: '--last <n>', summary: 'how many (default 20)' },
    { flags: '--since <duration>', summary: 'only events younger than this, for example 24h' },
    { flags: '--type <type>', summary: 'only this type; a name that ends in * stands for all that begin so' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { lastEvents } = await import('../../adapters/journal/read.js');
    const { parseDuration } = await import('../duration.js');
    const last = textOption(invocation, 'last') ?? '20';
    if (!/^\d{1,6}$/.test(last)) throw new NxsError('USAGE', `--last "${last}" is not a number of events.`);
    const since = textOption(invocation, 'since');
    const type = textOption(invocation, 'type');
    const config = await loadFor(context);
    const events = await lastEvents(path.join(config.stateDir, 'journal'), Number(last), {
      ...(since === undefined ? {} : { since: Date.now() - parseDuration(since, '--since') }),
      ...(type === undefined ? {} : { types: [type] }),
    });
    if (context.json) context.out(JSON.stringify(events));
    else
      for (const { at, type: kind, data } of events) context.out(`${at}  ${kind}  ${JSON.stringify(data)}`);
    return 0;
  },
};
