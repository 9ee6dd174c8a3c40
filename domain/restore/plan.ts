// What a restore does to each file, decided from three things only: what is wanted, what is there, what is safe.
import { comparePaths, unsafePath } from '../paths.js';

/** A file's content as it shall be. */
export interface Content {
  /** Name of the bytes at the source. */
  readonly oid: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly executable: boolean;
  /** Exact permission bits (an undo gives back what was there); null: the usual ones for the machine. */
  readonly permissions: number | null;
}

export interface Operation {
  /** Relative to the target directory, '/'-separated. */
  readonly path: string;
  /** Null: the file shall not be there. */
  readonly want: Content | null;
  /**
   * When given, the file is touched only while it has these bytes (SHA-256; null: while it is absent).
   * This is how an undo spares what was changed since.
   */
  readonly onlyIf?: string | null;
}

/** What stands at the path now. */
export type Present =
  | { readonly kind: 'absent' }
  | { readonly kind: 'file'; readonly sha256: string; readonly size: number; readonly permissions: number }
  /** Something that must not be replaced: a link, a directory, a file where a directory must be. */
  | { readonly kind: 'blocked'; readonly reason: string };

export type Decision =
  | { readonly action: 'create' | 'replace' | 'remove' }
  | { readonly action: 'none'; readonly outcome: 'same' }
  | { readonly action: 'none'; readonly outcome: 'refused' | 'kept'; readonly reason: string };

export interface PlannedOperation {
  readonly operation: Operation;
  readonly decision: Decision;
}

export interface RestorePlan {
  /** In byte order of the path. */
  readonly operations: readonly PlannedOperation[];
  readonly counts: Readonly<Record<'create' | 'replace' | 'remove' | 'same' | 'refused' | 'kept', number>>;
}

/**
 * Decides for every operation. Unsafe paths (`..`, absolute, `.git` in any disguise, `.nxs*`, control
 * characters), a path given twice, and a file below a path that is itself a file are refused.
 */
export function planRestore(
  operations: readonly Operation[],
  present: (path: string) => Present,
): RestorePlan {
  const sorted = [...operations].sort((left, right) => comparePaths(left.path, right.path));
  const files = new Set(sorted.filter(({ want }) => want !== null).map(({ path }) => path));
  const seen = new Set<string>();
  const counts = { create: 0, replace: 0, remove: 0, same: 0, refused: 0, kept: 0 };
  const planned = sorted.map((operation) => {
    const reason = seen.has(operation.path) ? 'the backup lists it twice' : refusal(operation.path, files);
    seen.add(operation.path);
    const decision: Decision =
      reason === null
        ? decide(operation, present(operation.path))
        : { action: 'none', outcome: 'refused', reason };
    counts[decision.action === 'none' ? decision.outcome : decision.action] += 1;
    return { operation, decision };
  });
  return { operations: planned, counts };
}

/** Why a path must not be touched whatever stands there, or null. */
export function refusal(path: string, files: ReadonlySet<string>): string | null {
  const unsafe = unsafePath(path);
  if (unsafe !== null) return `the path is not safe: ${unsafe}`;
  for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
    const above = path.slice(0, slash);
    if (files.has(above)) return `${above} is a file in the same backup`;
  }
  return null;
}

/** The decision for one safe path. */
function decide(operation: Operation, present: Present): Decision {
  const { want, onlyIf } = operation;
  if (present.kind === 'blocked') return { action: 'none', outcome: 'refused', reason: present.reason };
  if (isWanted(want, present)) return { action: 'none', outcome: 'same' };
  const now = present.kind === 'file' ? present.sha256 : null;
  if (onlyIf !== undefined && onlyIf !== now) {
    const reason = now === null ? 'it was removed since' : 'it was changed since';
    return { action: 'none', outcome: 'kept', reason };
  }
  if (want === null) return { action: 'remove' };
  return { action: present.kind === 'absent' ? 'create' : 'replace' };
}

function isWanted(want: Content | null, present: Exclude<Present, { kind: 'blocked' }>): boolean {
  if (want === null || present.kind === 'absent') return want === null && present.kind === 'absent';
  if (present.sha256 !== want.sha256) return false;
  if (want.permissions !== null) return present.permissions === want.permissions;
  return ((present.permissions & 0o100) !== 0) === want.executable;
}

/**
 * Permission bits of a placed file: those that the undo names, else 0644 or 0755 less the umask, and closed
 * to others where the file that is replaced was (`replaced`: its bits, or null).
 */
export function permissionsFor(want: Content, umask: number, replaced: number | null): number {
  if (want.permissions !== null) return want.permissions;
  const usual = (want.executable ? 0o755 : 0o644) & ~umask;
  return replaced !== null && (replaced & 0o077) === 0 ? usual & 0o700 : usual;
}
