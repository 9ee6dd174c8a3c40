// Looks for as long as nothing changes: an idle night adds no event to any history. Dead services are looked for every 2 s, and
// every second while one looks dead or is being healed; soft metrics every 5 s, our own processes every 10 s; disks and
// contents at the configured interval.
import { NxsError } from '../../domain/errors.js';
import { thingOf, type Anomaly } from '../../domain/healing/model.js';
import { unattended } from '../../domain/healing/past.js';
import type { HostWatch } from '../../domain/healing/steps.js';
import {
  anomaliesOf,
  blindOf,
  detectedAnew,
  observe,
  resumed,
  signatureOf,
  SLEPT_AFTER,
  stillBad,
  wokeUp,
  type Watch,
} from '../../domain/healing/watch.js';
import type { Task } from '../task.js';
import { PACES, type Doctor, type Pace } from './doctor.js';
import type { HealingPorts } from './ports.js';

const HARD = 2_000;
const CONFIRM = 1_000;
const SOFT = 5_000;
const VITAL = 10_000;

/** Returns when what is wrong, or what cannot be seen, is not what `known` says. */
export async function monitorHost(
  ports: HealingPorts,
  doctor: Doctor,
  known: HostWatch,
  task: Task,
): Promise<HostWatch> {
  const told = signatureOf(known.anomalies, known.blind);
  let watch = resumed(known.anomalies);
  const due: Record<Pace, number> = { hard: 0, soft: 0, vital: 0, slow: 0 };
  const every: Record<Pace, number> = { hard: HARD, soft: SOFT, vital: VITAL, slow: ports.rules.interval };
  let last = ports.now();
  while (!task.signal.aborted) {
    const now = ports.now();
    if (now - last > SLEPT_AFTER) watch = wokeUp(watch);
    // A clock that was set back must not silence us.
    if (now < last) Object.assign(due, { hard: 0, soft: 0, vital: 0, slow: 0 });
    last = now;
    for (const pace of PACES) {
      if (now < due[pace]) continue;
      watch = observe(watch, await doctor.look(pace, watch, task.signal), ports.now());
      due[pace] = ports.now() + (pace === 'hard' && isUnsure(watch) ? CONFIRM : every[pace]);
      if (pace === 'soft')
        watch = detectedAnew(watch, await withoutIncident(ports, stillBad(watch)), ports.now());
      if (pace === 'slow') await ports.noted({ at: ports.now(), ...summary(watch, ports.now()) });
    }
    const found = { anomalies: anomaliesOf(watch), blind: blindOf(watch, ports.now()) };
    if (signatureOf(found.anomalies, found.blind) !== told) {
      await ports.noted({ at: ports.now(), ...summary(watch, ports.now()) });
      return found;
    }
    task.progress(
      found.anomalies.length === 0 ? 'all well' : found.anomalies.map(({ subject }) => subject).join(', '),
    );
    const next = Math.min(...Object.values(due));
    await ports.wait(Math.min(SOFT, Math.max(50, next - ports.now())), task.signal);
  }
  throw new NxsError('CANCELLED', 'The monitor was ended.');
}

/** Their incident is over, or was ended from outside, while they go on. */
async function withoutIncident(
  ports: HealingPorts,
  anomalies: readonly Anomaly[],
): Promise<readonly Anomaly[]> {
  if (anomalies.length === 0) return [];
  const past = await ports.past();
  const open = new Map(past.open);
  for (const thing of anomalies.map(thingOf)) {
    const has = open.get(thing);
    if (has !== undefined && !(await ports.isRunning(has.incident))) open.delete(thing);
  }
  return unattended(anomalies, { ...past, open }, ports.rules.limits.snooze, ports.now());
}

/** Bad once and not yet told, or being healed: worth a look sooner. */
function isUnsure(watch: Watch): boolean {
  return [...watch.values()].some(
    ({ kind, track }) =>
      (kind === 'service_down' || kind === 'extension_crash') &&
      (track.active || track.recent.at(-1)?.state === 'bad'),
  );
}

function summary(watch: Watch, now: number) {
  return { anomalies: anomaliesOf(watch).map(({ subject }) => subject), blind: blindOf(watch, now) };
}
