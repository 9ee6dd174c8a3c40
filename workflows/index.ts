// What the worker registers. The names are Temporal's workflow types, which users filter by.
export { backupAndVerify } from './backup.js';
export { checkAccessAndRecency } from './access-check.js';
export { restoreFiles } from './restore.js';
export { restoreDrill } from './drill.js';
export { verifyBackups } from './verify.js';
export { completion } from './completion.js';
export { providerManager } from './provider-manager.js';
export { syncCycle } from './sync.js';
export { healingLoop } from './healing.js';
export { healIncident } from './incident.js';
