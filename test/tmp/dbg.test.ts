import { it } from 'vitest';
import { seeded } from '../support/e2e-random.js';
import { play } from '../simulation/sync/world.js';
it('x', async () => { await play({ random: seeded(Number(process.env['SEED'])), solo: Number(process.env['SEED']) % 5 === 0 }); });
