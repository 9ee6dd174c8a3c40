// Whether it helped: the metric that began it decides, and it has to stay well for a moment. A look that cannot be taken is not well.
import { NxsError } from '../../domain/errors.js';
import type { Reading } from '../../domain/healing/model.js';
import type { Cleared, ClearInput, HealedResult, VerifyHealedInput } from '../../domain/healing/steps.js';
import type { Task } from '../task.js';
import type { Doctor } from './doctor.js';
import { foresee } from './plan.js';
import type { HealingPorts } from './ports.js';

/** ms between two looks, and for how long each of them has to be good. */
const EVERY = 250;
const STAYS = 2_000;
/** Nobody waits for this one. */
const CLEAR_EVERY = 2_000;
const CLEAR_STAYS = 6_000;
const BRAKES_EVERY = 4_000;

/** Waits until the subject is well and stays so, at most `grace` ms (and the moment that it has to stay so). */
export async function verifyHealed(
  ports: HealingPorts,
  doctor: Doctor,
  { incident, request, anomaly, grace }: VerifyHealedInput,
  task: Task,
): Promise<HealedResult> {
  const began = ports.now();
  let goodSince: number | null = null;
  let reading: Reading = { state: 'unknown', detail: 'not looked at', value: null };
  for (;;) {
    reading = await doctor.lookAt(anomaly, task.signal);
    const now = ports.now();
    goodSince = reading.state === 'good' ? (goodSince ?? now) : null;
    if (goodSince !== null && now - goodSince >= STAYS) return result(true);
    if (goodSince === null && now - began >= grace) return result(false);
    task.progress(reading.detail);
    await ports.wait(EVERY, task.signal);
    if (task.signal.aborted) throw ended();
  }

  async function result(healed: boolean): Promise<HealedResult> {
    const detail = ports.scrub(reading.detail);
    await ports.journal({
      id: `${incident}/${request}/verified`,
      type: 'healing.verified',
      data: { incident, request, healed, detail, duration_ms: Math.max(0, ports.now() - began) },
    });
    return { healed, detail };
  }
}

/** Runs until the subject is well by itself, or by somebody else's hand; or until the brakes let go. */
export async function awaitClear(
  ports: HealingPorts,
  doctor: Doctor,
  { anomaly, wake }: ClearInput,
  task: Task,
): Promise<Cleared> {
  let goodSince: number | null = null;
  let askBrakes = ports.now() + BRAKES_EVERY;
  for (;;) {
    const reading = await doctor.lookAt(anomaly, task.signal);
    const now = ports.now();
    goodSince = reading.state === 'good' ? (goodSince ?? now) : null;
    if (goodSince !== null && now - goodSince >= CLEAR_STAYS)
      return { well: true, detail: ports.scrub(reading.detail) };
    if (wake !== null && goodSince === null && now >= askBrakes) {
      askBrakes = now + BRAKES_EVERY;
      const seen = await foresee(ports, await ports.past(), { anomaly, tried: wake.tried }, task);
      const isFree = seen.kind === 'exhausted' ? wake.on === 'free' : !seen.held.held;
      if (isFree) return { well: false, detail: '' };
    }
    task.progress(reading.detail);
    await ports.wait(CLEAR_EVERY, task.signal);
    if (task.signal.aborted) throw ended();
  }
}

function ended(): NxsError {
  return new NxsError('CANCELLED', 'The look was ended.');
}
