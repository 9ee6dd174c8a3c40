// `nxs sync approve` and `nxs sync deny`: the same but for one word.
import { textArgument, whoOf, type Command } from './definition.js';

export function answerCommand(name: 'sync approve' | 'sync deny', summary: string): Command {
  const answer = name === 'sync approve' ? 'approved' : 'denied';
  return {
    name,
    summary,
    details:
      'The next cycle acts on it; no control plane is needed for the answer itself. A token names exactly what was shown.',
    args: [{ name: '<token>', summary: 'as nxs sync status shows it' }],
    options: [{ flags: '--by <who>', summary: 'whose word it is, for the journal (default: the user name)' }],
    json: true,
    async run(invocation) {
      const { context } = invocation;
      const { loadFor } = await import('./setup.js');
      const { openSyncDesk } = await import('../workers/sync/view.js');
      const by = whoOf(invocation);
      const done = await openSyncDesk(await loadFor(context)).answer(
        textArgument(invocation, 0) ?? '',
        answer,
        by,
      );
      if (context.json) context.out(JSON.stringify(done));
      else
        context.out(
          `${answer}: ${done.question.count} of ${done.token}; the next cycle acts on it (nxs sync run)`,
        );
      return 0;
    },
  };
}
