// The worker dies in the middle of an act of its own. The act happens once, and its effect is verified by the worker's successor.
import { findingOf } from '../finding.js';
import type { JournalEvent } from '../../domain/journal.js';
import type { Plane, Scenario } from '../scenario.js';
import { isGone, RECOVERY_MS, steadyEngine, type EngineSetting } from './setting.js';

const BEGINS_MS = 20_000;

export const workerKilledHealing: Scenario<EngineSetting> = {
  name: 'worker-killed-while-healing',
  hypothesis: `When the worker is killed in the middle of restarting a dead service, the service answers again and its incident is healed within ${RECOVERY_MS / 1000} s after that, and the restart command runs exactly once.`,
  steady: steadyEngine,
  async play({ kit, plane, service }) {
    const worker = (await plane.pids()).worker;
    if (worker === null) throw new Error('the worker does not run');
    const before = await service.restarts();
    const pid = await service.pid();
    await service.kill();
    const fault = Date.now();
    const refusal = await service.refusal();
    const begun = await kit
      .until('the healing begins to act', BEGINS_MS, async () =>
        (await healing(plane, fault)).find(
          ({ type, data }) => type === 'healing.acted' && data['status'] === 'started',
        ),
      )
      .catch(() => null);
    if (begun !== null) process.kill(worker, 'SIGKILL');
    const killed = Date.now();
    const gone = await kit.until('the worker is gone', 2000, () => isGone(worker)).catch(() => false);
    const back = await kit
      .until('the service answers', RECOVERY_MS, () => service.pid())
      .then(() => Date.now())
      .catch(() => null);
    const finished =
      back === null
        ? null
        : await kit
            .until('the incident ends', RECOVERY_MS, async () =>
              (await healing(plane, fault)).find(({ type }) => type === 'healing.finished'),
            )
            .catch(() => null);
    const runs = (await service.restarts()) - before;
    const events = await healing(plane, fault);
    const at = (type: string) => timeOf(events.find((event) => event.type === type));
    // What the next scenario needs is brought back by us when the healer did not.
    if (back === null) await service.start();
    return findingOf({
      proof:
        refusal !== null && (begun === null || gone)
          ? `asked by us, ${service.url} (process ${String(pid)}) answers: ${refusal}${begun === null ? '' : `; the worker, process ${worker}, is gone`}`
          : null,
      broken: [
        begun === null && `nothing was done about the dead service within ${BEGINS_MS / 1000} s`,
        back === null && 'the service does not answer',
        back !== null && finished === null && `its incident has no end ${RECOVERY_MS / 1000} s later`,
        finished !== null &&
          finished.data['outcome'] !== 'healed' &&
          `its incident ended as ${String(finished.data['outcome'])}`,
        back !== null && runs !== 1 && `the restart command ran ${runs} times`,
      ],
      seen: `the restart ran once; the service answered ${((back ?? killed) - killed) / 1000} s and the incident was healed ${((timeOf(finished) ?? killed) - killed) / 1000} s after the worker's death`,
      times: {
        fault,
        detected: at('healing.detected'),
        decided: at('healing.decided'),
        acted: timeOf(
          events.find(({ type, data }) => type === 'healing.acted' && data['status'] !== 'started'),
        ),
        verified: back,
      },
      incidents: incidentsOf(events),
    });
  },
};

async function healing(plane: Plane, from: number): Promise<readonly JournalEvent[]> {
  const events = await plane.journal(['healing.']);
  return events.filter(({ at }) => Date.parse(at) >= from);
}

function incidentsOf(events: readonly JournalEvent[]): readonly string[] {
  const found = events.filter(
    ({ type, data }) => type === 'healing.detected' && data['subject'] === 'service:bell',
  );
  return found.map(({ data }) => String(data['incident']));
}

function timeOf(event: Pick<JournalEvent, 'at'> | null | undefined): number | null {
  return event === null || event === undefined ? null : Date.parse(event.at);
}
