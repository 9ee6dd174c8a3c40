// The worker process: Temporal's side effects on this node. Only the supervisor starts it.
import { takeOver, type Handover } from '../config/handover.js';
import { loadConfig } from '../config/load.js';
import { noteKeyUse } from './codec/key-use.js';
import { loopsBegan, renewLoops } from './codec/renew.js';
import { rosterOf } from '../gateway/rules.js';
import { reconcileManager } from './failover/worker-manager.js';
import { firstRun } from './first-run.js';
import { startHealing } from './healing/worker.js';
import { runWorker } from './run-worker.js';
import { reconcileSchedules } from './schedules.js';
import { watchStuck } from './stuck/watch.js';
import { wire } from './wiring.js';

let notify: ReturnType<typeof wire>['notify'] = () => Promise.resolve();
let watching = false;

await runWorker({
  load({ configDir: dir, handover }) {
    if (handover !== null) return Promise.resolve(takeOver(handover as Handover));
    return loadConfig({ env: process.env, tolerant: true, ...(dir === null ? {} : { dir }) });
  },
  wire(config, context) {
    const wiring = wire(config, context);
    ({ notify } = wiring);
    return wiring;
  },
  async started(context) {
    const { client, config, front, log, say, signal } = context;
    const { changed, known, complete } = await renewLoops(client, config, log);
    const manager = { client, node: config.node, roster: rosterOf(config), front, log, signal };
    const { node, stateDir } = config;
    if (!watching) void watchStuck({ client, node, stateDir, log, say, signal, notify });
    watching = true;
    // Before the loops: what a schedule starts later than they do is then written with their key.
    if (changed) await reconcileSchedules(client, config);
    const loops = Promise.all([
      startHealing({ client, node, known, log, signal }),
      reconcileManager(manager),
    ]);
    const noted = loops.then(async () => {
      if (complete) await noteKeyUse(stateDir, config.nxs.temporal, () => loopsBegan(client, node));
    });
    await Promise.all([noted, reconcileSchedules(client, config).then(() => firstRun(context))]);
  },
});
