// Self-healing on a whole control plane with a real service: how soon it is back, how soon an approval has its effect, what idling
// costs; and what the thresholds make of noise.
import { orFailed, type Row } from '../measure/row.js';
import { openHealingNode } from '../subjects/healing-node.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchHealingIdle } from './healing-idle.js';
import { benchNoise } from './healing-noise.js';
import { benchApproval, benchHealed, benchWorkerKilled } from './healing-times.js';
import type { SuiteOptions } from './suite.js';

export async function benchHealing(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const noise = await benchNoise(options);
  const node = await openHealingNode(scratch);
  try {
    const plane = await node.start();
    const { idle, healed, approved } = await (async () => {
      try {
        return {
          idle: await orFailed('idle', benchHealingIdle(plane, options)),
          healed: await orFailed('service killed', benchHealed(node, options)),
          approved: await orFailed('approval', benchApproval(node, plane, options)),
        };
      } finally {
        await plane.stop();
      }
    })();
    const killed = await orFailed('worker killed', benchWorkerKilled(node, options));
    return [...healed, ...killed, ...approved, ...idle, ...noise];
  } finally {
    node.service.end();
  }
}
