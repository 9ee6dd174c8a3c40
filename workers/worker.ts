// The worker process: Temporal's side effects on this node. Only the supervisor starts it.
import { takeOver, type Handover } from '../config/handover.js';
import { loadConfig } from '../config/load.js';
import { rosterOf } from '../gateway/rules.js';
import { reconcileManager } from './failover/worker-manager.js';
import { firstRun } from './first-run.js';
import { startHealing } from './healing/worker.js';
import { runWorker } from './run-worker.js';
import { reconcileSchedules } from './schedules.js';
import { wire } from './wiring.js';

await runWorker({
  load({ configDir: dir, handover }) {
    if (handover !== null) return Promise.resolve(takeOver(handover as Handover));
    return loadConfig({ env: process.env, tolerant: true, ...(dir === null ? {} : { dir }) });
  },
  wire: (config, context) => wire(config, context),
  async started(context) {
    const { client, config, front, log, signal } = context;
    const manager = { client, node: config.node, roster: rosterOf(config), front, log, signal };
    await Promise.all([
      startHealing({ client, node: config.node, log, signal }),
      reconcileManager(manager),
      reconcileSchedules(client, config).then(() => firstRun(context)),
    ]);
  },
});
