// The supervisor itself is killed and started again, as systemd would. Nothing runs twice, nothing is forgotten.
import { ask } from '../client.js';
import { findingOf } from '../finding.js';
import type { Scenario } from '../scenario.js';
import { asksDurably, isGone, RECOVERY_MS, steadyEngine, type EngineSetting } from './setting.js';

export const supervisorKilled: Scenario<EngineSetting> = {
  name: 'supervisor-killed',
  hypothesis: `When the supervisor is killed (kill -9) and started again, the worker and the Temporal that it left behind are ended, and within ${RECOVERY_MS / 1000} s all is ready and a call through the durable lane is answered.`,
  steady: steadyEngine,
  async play({ plane }) {
    const { supervisor, worker, temporal } = await plane.pids();
    await plane.stop('SIGKILL');
    const fault = Date.now();
    const { status, error } = await ask(plane.http, { patience: 2000 });
    const left = temporal !== null && !(await isGone(temporal));
    await plane.start();
    const ready = Date.now();
    const doubled = (await Promise.all([worker, temporal].map(stillRuns))).filter((pid) => pid !== null);
    const durable = await asksDurably(plane);
    const verified = durable ? Date.now() : null;
    const took = ((verified ?? Date.now()) - fault) / 1000;
    return findingOf({
      proof:
        status === null && (await isGone(supervisor))
          ? `process ${supervisor} is gone, and asked by us, ${plane.http} answers: ${String(error)}`
          : null,
      broken: [
        doubled.length > 0 && `process ${doubled.join(', ')} of the dead supervisor still runs`,
        !durable && 'a call through the durable lane was not answered afterwards',
        took * 1000 > RECOVERY_MS && `it took ${took.toFixed(1)} s`,
      ],
      seen: `${left ? 'the Temporal that was left over was ended; ' : ''}ready after ${((ready - fault) / 1000).toFixed(1)} s, answered through the durable lane after ${took.toFixed(1)} s`,
      times: { fault, detected: null, decided: null, acted: ready, verified },
    });
  },
};

async function stillRuns(pid: number | null): Promise<number | null> {
  return pid === null || (await isGone(pid)) ? null : pid;
}
