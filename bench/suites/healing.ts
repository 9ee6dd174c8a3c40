// Self-healing on a whole control plane with a real service: how soon it is back, how soon an approval has its effect, what idling
// costs; and what the thresholds make of noise.
import { row, type Row } from '../measure/row.js';
import { openHealingNode } from '../subjects/healing-node.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchHealingIdle } from './healing-idle.js';
import { benchNoise } from './healing-noise.js';
import type { HealingOptions } from './healing-rows.js';
import { benchApproval, benchHealed, benchWorkerKilled } from './healing-times.js';

export async function benchHealing(scratch: Scratch, options: HealingOptions): Promise<readonly Row[]> {
  const noise = await benchNoise(options);
  const node = await openHealingNode(scratch);
  try {
    const plane = await node.start();
    const { idle, healed, approved } = await (async () => {
      try {
        return {
          idle: await guarded('idle', benchHealingIdle(plane, options)),
          healed: await guarded('service killed', benchHealed(node, options)),
          approved: await guarded('approval', benchApproval(node, plane, options)),
        };
      } finally {
        await plane.stop();
      }
    })();
    const killed = await guarded('worker killed', benchWorkerKilled(node, options));
    return [...healed, ...killed, ...approved, ...idle, ...noise];
  } finally {
    node.service.end();
  }
}

/** What fails is a line that says why; the rest goes on. */
function guarded(what: string, work: Promise<readonly Row[]>): Promise<readonly Row[]> {
  return work.catch((error: unknown) => [row({ what, note: `not measured: ${String(error)}` })]);
}
