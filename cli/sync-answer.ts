// `nxs sync approve` and `nxs sync deny`: the same but for one word.
import type { Config } from '../config/types.js';
import { textArgument, whoOf, type Command } from './definition.js';

export function answerCommand(name: 'sync approve' | 'sync deny', summary: string): Command {
  const answer = name === 'sync approve' ? 'approved' : 'denied';
  return {
    name,
    summary,
    details:
      'A running control plane acts on it at once, else the next cycle does. A token names exactly what was shown.',
    args: [{ name: '<token>', summary: 'as nxs sync status shows it' }],
    options: [{ flags: '--by <who>', summary: 'whose word it is, for the journal (default: the user name)' }],
    json: true,
    async run(invocation) {
      const { context } = invocation;
      const { loadFor } = await import('./setup.js');
      const { openSyncDesk } = await import('../workers/sync/view.js');
      const by = whoOf(invocation);
      const config = await loadFor(context);
      const done = await openSyncDesk(config).answer(textArgument(invocation, 0) ?? '', answer, by);
      const asked = await askForCycle(config);
      if (context.json) context.out(JSON.stringify(done));
      else {
        const when = asked ? 'a cycle acts on it now' : 'the next cycle acts on it (nxs sync run)';
        context.out(`${answer}: ${done.question.count} of ${done.token}; ${when}`);
      }
      return 0;
    },
  };
}

/** False: nothing runs here, or Temporal does not answer; the answer waits on the disk. */
async function askForCycle(config: Config): Promise<boolean> {
  const { reachTemporal } = await import('./setup.js');
  const { askAgain } = await import('../workers/sync/ask.js');
  try {
    const reached = await reachTemporal(config);
    const asker = { client: reached.client, node: config.node };
    await asker.client
      .withDeadline(Date.now() + 3_000, () => askAgain(asker, 'answer'))
      .finally(() => reached.close());
    return true;
  } catch {
    return false;
  }
}
