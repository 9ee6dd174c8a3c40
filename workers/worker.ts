// The worker process: Temporal's side effects on this node. Only the supervisor starts it.
import { loadConfig } from '../config/load.js';
import { firstRun } from './first-run.js';
import { runWorker } from './run-worker.js';
import { reconcileSchedules } from './schedules.js';
import { wire } from './wiring.js';

await runWorker({
  load: (dir) => loadConfig({ env: process.env, ...(dir === null ? {} : { dir }) }),
  wire: (config, { log }) => wire(config, log),
  async started({ client, config, log, say, signal }) {
    await reconcileSchedules(client, config);
    await firstRun({ client, config, log, say, signal });
  },
});
