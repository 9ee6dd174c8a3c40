// Judges calls once it is known which faults were in force while they ran.
import { callProblems, wholeProblems } from '../checks/gateway.js';
import { keyProblems } from '../checks/acts.js';
import { awayOf, providerOutages, type Scene } from './scene.js';

/** A fault that struck during a call is on record after this, ms. */
const SETTLED_MS = 15_000;

export interface CallWatch {
  /** Judges what has settled; with `all` everything. */
  look(all?: boolean): void;
}

export function watchCalls(scene: Scene): CallWatch {
  let judged = 0;
  return {
    look(all = false) {
      const struck = scene.struck();
      const providers = providerOutages(struck);
      const now = Date.now();
      for (const call of scene.calls.slice(judged)) {
        if (!all && now - call.ended < SETTLED_MS) break;
        judged += 1;
        const away = awayOf(struck, call.node, call.lane);
        scene.court.check('gateway', callProblems(call, { providers, away }), call.began);
        scene.court.check('truncated', wholeProblems(call), call.began);
      }
      scene.court.check('durable', keyProblems(scene.keyed));
    },
  };
}
