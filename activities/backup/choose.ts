// Which files of the data directory go where, and which must not: decided before a byte is read or written.
import type { StageProblem } from '../../domain/backup/entry.js';
import type { LocalFile, StageInput } from '../../domain/backup/local-ports.js';
import { checkTargets, compileSelection, literalOf } from '../../domain/backup/select.js';
import type { BackupSettings } from './ports.js';

type Readable = Extract<LocalFile, { kind: 'file' }>;

export interface Choice {
  readonly chosen: readonly (StageInput & Pick<Readable, 'known' | 'size'>)[];
  readonly problems: readonly StageProblem[];
  readonly uncovered: readonly string[];
}

/** Applies rules and excludes to what the survey found. */
export function chooseFiles(files: readonly LocalFile[], settings: BackupSettings): Choice {
  const select = compileSelection(settings.rules, settings.exclude);
  const problems: StageProblem[] = [];
  const uncovered: string[] = [];
  const byLocal = new Map<string, Readable>();
  const mapped: { local: string; path: string }[] = [];
  const matched = new Set<number>();
  for (const file of files) {
    const selection = select(file.path);
    if (selection.kind === 'target') matched.add(selection.rule);
    if (file.kind === 'problem') {
      const path = selection.kind === 'target' ? selection.path : null;
      // What no rule covers is refused by nobody; a directory that cannot be looked into may hold covered files.
      if (selection.kind === 'uncovered' && file.status === 'REFUSED') uncovered.push(file.path);
      else if (selection.kind !== 'excluded') {
        problems.push({ local: file.path, path, status: file.status, reason: file.reason });
      }
    } else if (selection.kind === 'target' && isTooLarge(file, settings)) {
      const reason = `it has ${file.size} bytes, max_file_bytes is ${settings.maxFileBytes}`;
      problems.push({ local: file.path, path: selection.path, status: 'REFUSED', reason });
    } else if (selection.kind === 'target') {
      byLocal.set(file.path, file);
      mapped.push({ local: file.path, path: selection.path });
    } else if (selection.kind === 'uncovered') {
      uncovered.push(file.path);
    }
  }
  const { good, refused } = checkTargets(mapped);
  for (const { local, path, reason } of refused) problems.push({ local, path, status: 'REFUSED', reason });
  problems.push(...absentLiterals(settings, matched));
  const chosen = good.flatMap(({ local, path }) => {
    const file = byLocal.get(local);
    if (file === undefined) return [];
    return [{ local, path, absolute: file.absolute, mode: file.mode, known: file.known, size: file.size }];
  });
  return { chosen, problems, uncovered };
}

function isTooLarge(file: Readable, settings: BackupSettings): boolean {
  return settings.maxFileBytes !== null && file.size > settings.maxFileBytes;
}

/** A file that is named in so many words and is not there is never silently "backed up". */
function absentLiterals(settings: BackupSettings, matched: ReadonlySet<number>): StageProblem[] {
  return settings.rules.flatMap((rule, index) => {
    const literal = literalOf(rule);
    if (literal === null || rule.optional || matched.has(index)) return [];
    const reason =
      'backup-manifest.yaml names it, and it is not in the data directory (mark it optional, or mend the name)';
    return [{ local: literal, path: null, status: 'UNREADABLE' as const, reason }];
  });
}
