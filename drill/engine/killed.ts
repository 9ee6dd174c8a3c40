// One process of the control plane is killed. The gateway goes on, and what was killed is back and does its work.
import { failures, keepAsking } from '../client.js';
import { findingOf } from '../finding.js';
import type { Kit, Plane, Scenario } from '../scenario.js';
import { asksDurably, firstAt, isGone, RECOVERY_MS, steadyEngine, type EngineSetting } from './setting.js';

const EVERY_MS = 200;

interface Victim {
  readonly name: string;
  readonly process: 'worker' | 'temporal';
  readonly called: string;
  /** Of the journal, when its successor runs. */
  readonly restarted: string;
}

function killed({ name, process: victim, called, restarted }: Victim): Scenario<EngineSetting> {
  return {
    name,
    hypothesis: `When ${called} is killed (kill -9), the gateway answers every call meanwhile, and within ${RECOVERY_MS / 1000} s all is ready and a call through the durable lane is answered.`,
    steady: steadyEngine,
    async play({ kit, plane }) {
      const pid = (await plane.pids())[victim];
      if (pid === null) throw new Error(`${called} does not run`);
      const client = keepAsking(() => plane.http, EVERY_MS);
      await kit.until('the client is answered', 10_000, () => client.answers().length >= 2);
      process.kill(pid, 'SIGKILL');
      const fault = Date.now();
      const gone = await kit.until('it is gone', 2000, () => isGone(pid)).catch(() => false);
      const unready = await kit
        .until('not ready', 2000, async () => (await plane.get('/readyz')).status === 503)
        .catch(() => false);
      const back = await isBack(kit, plane, victim, pid);
      const verified = back && (await asksDurably(plane)) ? Date.now() : null;
      const answers = (await client.stop()).filter(({ began, ms }) => began + ms > fault);
      const took = ((verified ?? Date.now()) - fault) / 1000;
      return findingOf({
        proof: gone ? `process ${pid} is gone, asked by us with signal 0` : null,
        broken: [
          failures(answers),
          !back && `${called} was not back and ready within ${RECOVERY_MS / 1000} s`,
          back && verified === null && 'a call through the durable lane was not answered afterwards',
          took * 1000 > RECOVERY_MS && `it took ${took.toFixed(1)} s`,
        ],
        seen: `${answers.length} calls answered meanwhile${unready ? ', /readyz said 503' : ''}; after ${took.toFixed(1)} s the durable lane answered`,
        times: {
          fault,
          detected: await firstAt(plane, restarted, fault),
          decided: null,
          acted: await firstAt(plane, restarted, fault),
          verified,
        },
      });
    },
  };
}

function isBack(kit: Kit, plane: Plane, victim: Victim['process'], before: number): Promise<boolean> {
  return kit
    .until('it is back and ready', RECOVERY_MS, async () => {
      const now = (await plane.pids())[victim];
      return now !== null && now !== before && (await plane.get('/readyz')).status === 200;
    })
    .catch(() => false);
}

export const workerKilled = killed({
  name: 'worker-killed',
  process: 'worker',
  called: 'the worker',
  restarted: 'worker.restarted',
});

export const temporalKilled = killed({
  name: 'temporal-killed',
  process: 'temporal',
  called: 'Temporal',
  restarted: 'engine.restarted',
});
