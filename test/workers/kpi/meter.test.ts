import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Look } from '../../../domain/kpi/measure.js';
import type { NewEvent } from '../../../domain/journal.js';
import { startMeter, type Meter } from '../../../workers/kpi/meter.js';
import { readUptime, writeUptime } from '../../../workers/kpi/uptime-file.js';

const UP: Look = { state: 'up', reason: '' };

let stateDir: string;
let meters: Meter[];
let told: NewEvent[];
let clock: number;
let full: boolean;
let look: Look;

beforeEach(async () => {
  stateDir = await mkdtemp(path.join(tmpdir(), 'meter-'));
  meters = [];
  told = [];
  clock = Date.parse('2026-11-23T08:00:00.000Z');
  full = false;
  look = UP;
});
afterEach(async () => {
  for (const meter of meters) await meter.close();
  await rm(stateDir, { recursive: true });
});

async function start(): Promise<Meter> {
  const meter = await startMeter(
    {
      stateDir,
      look: () => Promise.resolve(look),
      append(event) {
        if (full) return Promise.reject(new Error('the disk is full'));
        told.push(event);
        return Promise.resolve();
      },
      warn: () => undefined,
    },
    () => clock,
  );
  meters.push(meter);
  await meter.tick();
  return meter;
}

/** Lets time pass as the steady clock of this process sees it: a few ms a look are too little to count as sleep. */
async function pass(meter: Meter, ms: number): Promise<void> {
  clock += ms;
  await meter.tick();
}

it('tells the journal at the end, and leaves no file', async () => {
  const meter = await start();
  for (let n = 0; n < 4; n += 1) await pass(meter, 5_000);
  expect((await readUptime(stateDir))?.up).toBeGreaterThanOrEqual(10_000);
  await meter.close();
  expect(told).toMatchObject([
    { type: 'uptime.measured', data: { up_ms: 20_000, down_ms: 0, unknown_ms: 0 } },
  ]);
  expect(await readUptime(stateDir)).toBeNull();
});

it('tells a change a minute after it at the latest, and no change once an hour', async () => {
  const meter = await start();
  for (let n = 0; n < 100; n += 1) await pass(meter, 5_000);
  expect(told).toEqual([]);
  look = { state: 'down', reason: 'no provider could answer' };
  await pass(meter, 5_000);
  expect(told).toHaveLength(1);
  for (let n = 0; n < 719; n += 1) await pass(meter, 5_000);
  expect(told).toHaveLength(1);
  await pass(meter, 5_000);
  expect(told[1]).toMatchObject({ data: { down_ms: 3_600_000, why: [{ ms: 3_600_000 }] } });
});

it('knows after a kill what it had measured, and that nothing ran until now', async () => {
  const from = clock - 3_600_000;
  await writeUptime(stateDir, { from, to: from + 60_000, up: 60_000, down: 0, unknown: 0, why: {} });
  await start();
  expect(told).toMatchObject([
    { data: { up_ms: 60_000, down_ms: 0 } },
    { data: { up_ms: 0, down_ms: 3_540_000, why: [{ reason: 'the control plane was not running' }] } },
  ]);
});

it('keeps what the journal could not take, and tells it as one later', async () => {
  const meter = await start();
  full = true;
  for (let n = 0; n < 3; n += 1) await pass(meter, 5_000);
  await meter.close();
  expect(told).toEqual([]);
  expect((await readUptime(stateDir))?.up).toBeGreaterThanOrEqual(10_000);
  full = false;
  await start();
  expect(told).toHaveLength(1);
});
