// Every command, in the order of the help.
import type { Command } from './definition.js';
import { approve } from './commands/approve.js';
import { approverAdd } from './commands/approver-add.js';
import { deny } from './commands/deny.js';
import { encryptionNewKey } from './commands/encryption-new-key.js';
import { encryptionStatus } from './commands/encryption-status.js';
import { fleet } from './commands/fleet.js';
import { fleetForget } from './commands/fleet-forget.js';
import { fleetInvite } from './commands/fleet-invite.js';
import { fleetJoin } from './commands/fleet-join.js';
import { healList } from './commands/heal-list.js';
import { healLog } from './commands/heal-log.js';
import { healMark } from './commands/heal-mark.js';
import { healPause } from './commands/heal-pause.js';
import { healResume } from './commands/heal-resume.js';
import { healShow } from './commands/heal-show.js';
import { healTrigger } from './commands/heal-trigger.js';
import { ask } from './commands/ask.js';
import { backupDiff } from './commands/backup-diff.js';
import { backupDrill } from './commands/backup-drill.js';
import { backupList } from './commands/backup-list.js';
import { backupRestore } from './commands/backup-restore.js';
import { backupInit } from './commands/backup-init.js';
import { backupRun } from './commands/backup-run.js';
import { backupStatus } from './commands/backup-status.js';
import { backupVerify } from './commands/backup-verify.js';
import { completionOf } from './commands/completion.js';
import { configCheck } from './commands/config-check.js';
import { configReload } from './commands/config-reload.js';
import { configShow } from './commands/config-show.js';
import { doctor } from './commands/doctor.js';
import { drill } from './commands/drill.js';
import { init } from './commands/init.js';
import { journalShow } from './commands/journal-show.js';
import { journalVerify } from './commands/journal-verify.js';
import { kpi } from './commands/kpi.js';
import { mcp } from './commands/mcp.js';
import { logs } from './commands/logs.js';
import { notifyList } from './commands/notify-list.js';
import { notifyTest } from './commands/notify-test.js';
import { providerList } from './commands/provider-list.js';
import { providerReset } from './commands/provider-reset.js';
import { providerSwitch } from './commands/provider-switch.js';
import { providerVerify } from './commands/provider-verify.js';
import { serviceInstall } from './commands/service-install.js';
import { serviceStatusCommand } from './commands/service-status.js';
import { serviceUninstall } from './commands/service-uninstall.js';
import { status } from './commands/status.js';
import { syncApprove } from './commands/sync-approve.js';
import { syncDeny } from './commands/sync-deny.js';
import { syncDiff } from './commands/sync-diff.js';
import { syncForget } from './commands/sync-forget.js';
import { syncJoin } from './commands/sync-join.js';
import { syncLog } from './commands/sync-log.js';
import { syncRestore } from './commands/sync-restore.js';
import { syncRun } from './commands/sync-run.js';
import { syncShow } from './commands/sync-show.js';
import { syncStatus } from './commands/sync-status.js';
import { temporal } from './commands/temporal.js';
import { temporalDbList } from './commands/temporal-db-list.js';
import { temporalDbRestore } from './commands/temporal-db-restore.js';
import { up } from './commands/up.js';
import { workflowCheck } from './commands/workflow-check.js';
import { workflowRestart } from './commands/workflow-restart.js';

export const COMMANDS: readonly Command[] = [
  up,
  init,
  status,
  doctor,
  fleet,
  fleetForget,
  fleetInvite,
  fleetJoin,
  ask,
  providerList,
  providerSwitch,
  providerVerify,
  providerReset,
  backupInit,
  backupRun,
  backupVerify,
  backupStatus,
  backupList,
  backupDiff,
  backupDrill,
  backupRestore,
  syncRun,
  syncJoin,
  syncStatus,
  syncDiff,
  syncLog,
  syncShow,
  syncRestore,
  syncApprove,
  syncDeny,
  syncForget,
  healList,
  healShow,
  healLog,
  healTrigger,
  healPause,
  healResume,
  healMark,
  approve,
  deny,
  approverAdd,
  kpi,
  drill,
  serviceInstall,
  serviceStatusCommand,
  serviceUninstall,
  notifyList,
  notifyTest,
  configCheck,
  configShow,
  configReload,
  logs,
  journalShow,
  journalVerify,
  mcp,
  encryptionNewKey,
  encryptionStatus,
  workflowCheck,
  workflowRestart,
  temporal,
  temporalDbList,
  temporalDbRestore,
  completionOf(() => COMMANDS),
];
