// One cycle of sync in a process of its own, to be killed.
import { readFileSync } from 'node:fs';
import { runSyncCycle } from '../../support/sync-cycle.js';
import type { SyncJob } from './kill.js';

const { config } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as SyncJob;
process.stdout.write('began\n');
const { state } = await runSyncCycle(config, `child-${process.pid}`);
process.stdout.write(`ended ${state}\n`);
