import { NxsError } from '../../domain/errors.js';
import { flag, textOption, whoOf, type Command, type Invocation } from '../definition.js';

export const providerSwitch: Command = {
  name: 'provider switch',
  summary: 'say who goes first, at once and without losing a request; --primary gives the choice back',
  details:
    'The one that was switched to goes first; when it cannot answer, the others still do. The switch outlives restarts.',
  options: [
    { flags: '--backup', summary: 'the next one by policy that can answer' },
    { flags: '--to <name>', summary: 'this provider' },
    { flags: '--primary', summary: 'back to the policy of providers.yaml' },
    { flags: '--for <duration>', summary: 'for so long, for example 1h; left out: until it is taken back' },
    { flags: '--by <who>', summary: 'whose word it is, for the journal (default: the user name)' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const to = target(invocation);
    const duration = textOption(invocation, 'for');
    const { parseDuration } = await import('../duration.js');
    const forMs = duration === undefined ? null : parseDuration(duration, '--for');
    if (forMs !== null && to === 'primary')
      throw new NxsError('USAGE', '--for cannot stand with --primary: the policy has no end.');
    if (forMs === 0) throw new NxsError('USAGE', '--for must be longer than nothing.');
    const by = whoOf(invocation);
    const { loadFor, reachTemporal } = await import('../setup.js');
    const { queueSwitch, updateManager } = await import('../../workers/failover/manager-client.js');
    const { orderText } = await import('../provider-text.js');
    const config = await loadFor(context);
    const reached = await reachTemporal(config);
    try {
      const result = await updateManager(reached.client, config, 'switchProvider', { to, forMs, by });
      if (result !== null) {
        if (context.json) context.out(JSON.stringify({ queued: false, ...result }));
        else context.out(orderText(result));
        return 0;
      }
      await queueSwitch(reached.client, config.node, {
        to,
        by,
        ...(duration === undefined ? {} : { for: duration }),
      });
      if (context.json) context.out(JSON.stringify({ queued: true, to: null, until: null, order: [] }));
      else context.out('queued: no worker is polling; the switch comes into force when one does');
      return 4;
    } finally {
      await reached.close();
    }
  },
};

/** The one word that the three options stand for. */
function target(invocation: Invocation): string {
  const name = textOption(invocation, 'to');
  const words = [
    ...(flag(invocation, 'backup') ? ['backup'] : []),
    ...(flag(invocation, 'primary') ? ['primary'] : []),
    ...(name === undefined ? [] : [name]),
  ];
  const [word] = words;
  if (words.length !== 1 || word === undefined || word.trim() === '')
    throw new NxsError('USAGE', 'Say one of --backup, --to NAME and --primary.');
  return word;
}
