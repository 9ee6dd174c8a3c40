// Somebody who answers what sync asks: deletions and files that shrank, mostly with a yes, sometimes with a no.
import { setTimeout as sleep } from 'node:timers/promises';
import { syncOf } from '../faults/hub.js';
import type { SoakNode } from '../world/node.js';

const EVERY_MS = 15_000;

/** How many questions were answered. */
export async function keepDeciding(node: SoakNode, random: () => number, over: AbortSignal): Promise<number> {
  let answered = 0;
  while (!over.aborted) {
    await sleep(Math.round(EVERY_MS * (0.4 + 1.2 * random())), undefined, { signal: over }).catch(
      () => undefined,
    );
    const pending = (await syncOf(node).catch(() => null))?.pending ?? [];
    for (const { token } of pending) {
      const answer = random() < 0.7 ? 'approve' : 'deny';
      const { code } = await node.plane.nxs('sync', answer, token, '--by', 'ann');
      if (code === 0) answered += 1;
    }
  }
  return answered;
}
