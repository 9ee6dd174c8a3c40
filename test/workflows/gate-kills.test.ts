// Needs test/support/temporal.ts: the dev server. 30 kills: NXS_TEST_LONG=1.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seeded } from '../support/e2e-random.js';
import { openKills, type Kills } from './support/gate-kill.js';

// temporalAddress comes from there.
const ROUNDS = process.env['NXS_TEST_LONG'] === '1' ? 30 : 1;
const SEED = Number(process.env['NXS_TEST_SEED'] ?? 1);

let kills: Kills;
beforeAll(async () => {
  kills = await openKills();
}, 60_000);
afterAll(() => kills.close());

it('a worker that dies among approvals and denials never brings a wrong outcome, and no act twice', async () => {
  for (let round = 0; round < ROUNDS; round += 1)
    expect(await kills.round(seeded(SEED + round)), `seed ${String(SEED + round)}`).toEqual([]);
}, 900_000);
