// The product survives its own parts.
import type { Group } from '../scenario.js';
import { temporalKilled, workerKilled } from './killed.js';
import { openEngine, type EngineSetting } from './setting.js';
import { supervisorKilled } from './supervisor-killed.js';
import { workerKilledHealing } from './worker-killed-healing.js';

export const engineGroup: Group<EngineSetting> = {
  name: 'engine',
  scenarios: [workerKilled, workerKilledHealing, temporalKilled, supervisorKilled],
  open: openEngine,
};
