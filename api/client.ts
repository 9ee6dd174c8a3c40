import { approve } from '../cli/commands/approve.js';
import { backupRun } from '../cli/commands/backup-run.js';
import { deny } from '../cli/commands/deny.js';
import { healList } from '../cli/commands/heal-list.js';
import { kpi } from '../cli/commands/kpi.js';
import { status } from '../cli/commands/status.js';
import { documentOf } from '../cli/document.js';
import type { BackupRun, Decision, Incidents, KpiReport, Nxs, NxsOptions, Status, Word } from './types.js';

/**
 * Opens a node for a program, on the machine where it runs. Nothing is read before a method is called, and nothing has to be closed.
 * A bad answer (a backup that is not green, a KPI that is missed) is an answer; only what could not be asked is thrown (NxsFailure).
 */
export function openNxs(options: NxsOptions = {}): Nxs {
  const decide = (command: typeof approve, incident: string, { by, reason, keyFile }: Word) =>
    documentOf<Decision>(command, options, [incident], { by, reason, ...given({ key: keyFile }) });
  return {
    status: () => documentOf<Status>(status, options),
    kpi: (since) => documentOf<KpiReport>(kpi, options, [], given({ since })),
    incidents: ({ open = false, limit } = {}) =>
      documentOf<Incidents>(healList, options, [], {
        open,
        ...given({ limit: limit === undefined ? undefined : String(limit) }),
      }),
    backup: ({ confirm } = {}) => documentOf<BackupRun>(backupRun, options, [], given({ confirm })),
    approve: (incident, word) => decide(approve, incident, word),
    deny: (incident, word) => decide(deny, incident, word),
  };
}

/** Without the options that were not given. */
function given(options: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const])),
  );
}
