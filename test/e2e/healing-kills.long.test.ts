// Level 5 on a real process, with the worker killed at a random moment after the approval: never twice, and always verified.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Incident } from '../../domain/healing/incident.js';
import { makePlace } from '../support/e2e-place.js';
import { seeded } from '../support/e2e-random.js';
import { makeService, type Service } from '../support/e2e-service.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const ROUNDS = 20;
const SEED = Number(process.env['NXS_TEST_SEED'] ?? 1);

let plane: Plane;
let service: Service;

beforeAll(async () => {
  const place = await makePlace();
  service = await makeService(place.root);
  const healing = {
    services: [service.entry],
    levels: { 5: { permission: 'approve', sh: `sleep 0.5; ${service.rescue}` } },
    limits: { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000 },
  };
  writeFileSync(join(place.configDir, 'healing.yaml'), JSON.stringify({ healing }));
  await service.start();
  plane = await startPlane({ place });
  await plane.ready();
}, 120_000);

afterAll(async () => {
  await plane.dispose();
  service.end();
});

async function newest(): Promise<Incident | undefined> {
  const { body } = await plane.get('/api/incidents');
  return (body['incidents'] as readonly Incident[])[0];
}

it(`${String(ROUNDS)} kills around level 5: once each`, async () => {
  const random = seeded(SEED);
  for (let round = 1; round <= ROUNDS; round += 1) {
    const before = (await newest())?.id;
    service.set('broken');
    await service.kill();
    const { id } = await until(async () => {
      const found = await newest();
      return found !== undefined && found.id !== before && found.asked !== null ? found : null;
    }, 120_000);
    expect((await plane.nxs('approve', id, '--by', 'ops', '--reason', 'go')).code).toBe(0);
    await sleep(random.below(1_500));
    process.kill((await plane.run()).pids.worker ?? 0, 'SIGKILL');
    const ended = await until(async () => {
      const found = await newest();
      return found?.id === id && found.ended !== null ? found : null;
    }, 120_000);
    expect([round, ended.state, service.runs('rescue')]).toEqual([round, 'healed', round]);
  }
}, 3_600_000);
