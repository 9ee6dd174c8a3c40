// Noise and truth: days of noise just below each threshold, and real steps above it, through the product's own doctor. The peer is a
// plain `value > threshold` on the same looks.
import { row, type Row } from '../measure/row.js';
import { METRICS, openSimulatedDoctor, type Metric } from '../subjects/healing-doctor.js';
import { seeded } from '../subjects/words.js';
import { p95 } from './healing-rows.js';
import type { SuiteOptions } from './suite.js';

const DAY = 24 * 3_600_000;
/** The noise has its middle so far below the threshold, in points, and this deviation. */
const BELOW = 2;
const SIGMA = 1.5;
/** A step adds so much for so long; as much noise comes before it. A day of them is 72. */
const STEP = 8;
const LASTS = 600_000;
const STEPS = DAY / (2 * LASTS);

export async function benchNoise(options: SuiteOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const metric of METRICS) {
    const name = `${metric.kind.replace('_', ' ')} (${metric.limit} %)`;
    const days = [];
    for (let seed = 1; seed <= options.rounds; seed += 1) days.push(await noiseDay(metric, seed));
    const begun = days.reduce((sum, each) => sum + each.begun, 0);
    const worst = days.reduce((most, each) => (each.begun > most.begun ? each : most));
    const { missed, before, delays } = await steps(metric);
    rows.push(
      row({
        what: `24 h of noise: ${name} begins`,
        unit: 'times',
        ours: [worst.begun],
        peer: [worst.naive],
        bar: { of: 'ours', most: 0 },
        note: `worst of ${days.length} seeded days, ${begun} in all of them; peer: looks above a plain threshold on that day`,
      }),
      row({
        what: `  real steps of ${LASTS / 60_000} min missed, of ${STEPS}`,
        unit: 'steps',
        ours: [missed],
        bar: { of: 'ours', most: 0 },
        note: `+${STEP} points on that noise, each on a fresh watch after ${LASTS / 60_000} min of noise alone; ${before} had begun by the noise`,
      }),
      row({ what: '  from the step to the anomaly', unit: 's', ours: delays }),
      row({ what: '  95th percentile', unit: 's', ours: delays.length === 0 ? [] : [p95(delays)] }),
    );
    options.say(`noise: ${name} is done`);
  }
  return rows;
}

async function noiseDay(metric: Metric, seed: number) {
  const noise = gaussian(seed);
  const doctor = openSimulatedDoctor(metric);
  let [begun, naive, active] = [0, 0, false];
  for (let at = 0; at < DAY; at += metric.every) {
    const value = metric.limit - BELOW + SIGMA * noise();
    const now = await doctor.look(value);
    if (value > metric.limit) naive += 1;
    if (now && !active) begun += 1;
    active = now;
  }
  return { begun, naive };
}

/** Steps that were never seen; those that met an anomaly which noise had begun; and of those that began one the time to it, s. */
async function steps(metric: Metric) {
  const noise = gaussian(1_000);
  const delays: number[] = [];
  let [missed, before] = [0, 0];
  for (let step = 0; step < STEPS; step += 1) {
    const doctor = openSimulatedDoctor(metric);
    const around = metric.limit - BELOW;
    let active = false;
    for (let at = 0; at < LASTS; at += metric.every) active = await doctor.look(around + SIGMA * noise());
    let seen = active;
    if (active) before += 1;
    // The first look comes at any moment after the step: at most one interval is left out of the delay.
    for (let at = metric.every; at <= LASTS; at += metric.every) {
      const now = await doctor.look(around + STEP + SIGMA * noise());
      if (now && !seen) delays.push(at / 1000);
      seen ||= now;
    }
    if (!seen) missed += 1;
  }
  return { missed, before, delays };
}

function gaussian(seed: number): () => number {
  const random = seeded(seed);
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
