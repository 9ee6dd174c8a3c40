import { countOutcomes } from '../../domain/restore/result.js';
import type { FileResult, RestoreReport } from '../../domain/restore/result.js';
import type { Planned } from './restore-look.js';
import type { RestoreRecord } from './restore-record.js';
import type { Staged } from './restore-stage.js';

/**
 * The result of a file that was not moved in this call: decided against, without verified bytes, already
 * placed by an earlier attempt under the same id (`earlier`), or, in a dry run (`staged` is null), planned.
 */
export function unplaced(
  planned: Planned,
  staged: ReadonlyMap<string, Staged> | null,
  earlier: RestoreRecord | null = null,
): FileResult {
  const { operation, decision } = planned;
  const about = {
    path: operation.path,
    sha256: operation.want?.sha256 ?? null,
    size: operation.want?.size ?? 0,
  };
  if (decision.action !== 'none') {
    if (staged === null) return { ...about, outcome: 'restored', action: decision.action, reason: null };
    const at = staged.get(operation.path);
    const reason = at !== undefined && 'reason' in at ? at.reason : 'its bytes were not read';
    return { ...about, outcome: 'unverified', action: 'none', reason };
  }
  if (decision.outcome !== 'same')
    return { ...about, outcome: decision.outcome, action: 'none', reason: decision.reason };
  const step = earlier?.steps.get(operation.path);
  if (step === undefined || step.placed !== about.sha256)
    return { ...about, outcome: 'same', action: 'none', reason: null };
  const action = operation.want === null ? 'remove' : step.old === null ? 'create' : 'replace';
  return { ...about, outcome: 'restored', action, reason: null };
}

export function reportOf(
  options: { readonly id: string; readonly target: string; readonly dryRun?: boolean },
  undoes: string | null,
  files: readonly FileResult[],
  bytes: number,
  undo: string | null,
): RestoreReport {
  const { id, target, dryRun = false } = options;
  return { id, target, dryRun, undoes, files, counts: countOutcomes(files), bytes, undo };
}

/** The report that a finished restore left behind, when it is one of this id and target. */
export function storedReport(
  value: unknown,
  options: { readonly id: string; readonly target: string },
): RestoreReport | null {
  if (typeof value !== 'object' || value === null) return null;
  const report = value as RestoreReport;
  return report.id === options.id && report.target === options.target && Array.isArray(report.files)
    ? report
    : null;
}
