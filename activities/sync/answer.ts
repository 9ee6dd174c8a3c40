// A person's word on what waits: the next cycle acts on it. Each answer names exactly what was shown, so that one given to
// yesterday's question does nothing today.
import { NxsError } from '../../domain/errors.js';
import type { PendingApproval } from '../../domain/sync/status.js';
import { NEVER_MET } from './memory.js';
import type { SyncPorts } from './ports.js';

export interface Answered {
  readonly token: string;
  readonly answer: 'approved' | 'denied';
  readonly question: PendingApproval;
}

/** Lets pass once what a token names, or has it brought back. Throws NxsError USAGE for a token that nothing waits for. */
export function answerQuestion(
  ports: SyncPorts,
  input: { readonly token: string; readonly answer: Answered['answer']; readonly by: string },
): Promise<Answered> {
  const { token, answer, by } = input;
  return ports.alone(async () => {
    const { keeping } = ports;
    const question = await waiting(ports, token);
    if (question.kind === 'restored') {
      if (answer === 'denied') throw new NxsError('USAGE', UNDO);
      await keeping.forgetRestored();
    } else {
      const { memory } = await keeping.memory();
      const known = memory ?? NEVER_MET;
      const approved = known.approved.filter((each) => each !== token);
      const denied = known.denied.filter((each) => each !== token);
      (answer === 'approved' ? approved : denied).push(token);
      // Settled or not: the next cycle has to look.
      await keeping.saveMemory({ ...known, approved, denied, settled: false });
    }
    await ports.journal({
      id: `sync/answer/${token}/${ports.now()}`,
      type: 'sync.answered',
      data: { token, answer, by },
    });
    return { token, answer, question };
  });
}

const UNDO =
  'A restore is taken back where it was made: nxs backup restore --undo latest. Sync goes on by itself after that.';

async function waiting({ keeping }: SyncPorts, token: string): Promise<PendingApproval> {
  const pending = (await keeping.status())?.pending ?? [];
  const found = pending.find((each) => each.token === token);
  if (found !== undefined) return found;
  const others = pending.map((each) => each.token).join(', ');
  throw new NxsError(
    'USAGE',
    `Nothing waits for ${token}; ${others === '' ? 'nothing waits at all' : `waiting: ${others}`}.`,
  );
}
