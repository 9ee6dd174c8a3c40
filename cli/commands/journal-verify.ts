import path from 'node:path';
import type { Command } from '../definition.js';

export const journalVerify: Command = {
  name: 'journal verify',
  summary: 'check the hash chain of the journal; exit 1 when an event was edited, removed or moved',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { verifyJournal } = await import('../../adapters/journal/verify.js');
    const config = await loadFor(context);
    const check = await verifyJournal(path.join(config.stateDir, 'journal'));
    const { ok, events, files, breaks, tornTail } = check;
    if (context.json) {
      context.out(JSON.stringify({ ok, events, files, breaks, torn_tail: tornTail }));
      return ok ? 0 : 1;
    }
    const verdict = context.paint(ok ? 'good' : 'bad', ok ? 'ok' : 'BROKEN');
    context.out(`${verdict}: ${events} events in ${files} ${files === 1 ? 'file' : 'files'}`);
    for (const { file, line, reason } of breaks) context.out(`  ${file}:${line}: ${reason}`);
    if (tornTail !== null)
      context.out('  the last line is torn (a crash while it was written); the chain goes on before it');
    return ok ? 0 : 1;
  },
};
