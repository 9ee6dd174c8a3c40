// Which files the nodes share, and by which rule two versions of one become one. Globs are as in the backup manifest.
import picomatch from 'picomatch';
import { excludeMatcher, GLOB, isAlwaysOut } from '../backup/select.js';
import { secretPath } from '../secrets/path.js';
import type { Strategy } from './model.js';

export interface CoverageRules {
  readonly include: readonly string[];
  readonly exclude: readonly string[];
  readonly rules: readonly { readonly pattern: string; readonly strategy: Strategy }[];
}

export interface Coverage {
  /** True for a path that the nodes share. A name that is a secret's is never shared, whatever the manifest says. */
  readonly covers: (path: string) => boolean;
  /** The first rule that fits; none: replace. */
  readonly strategyOf: (path: string) => Strategy;
  /** The include glob that the path is shared by; null: it is not shared. */
  readonly globOf: (path: string) => string | null;
  /** Why a path that the manifest would share is kept here for its name; null: it is not. */
  readonly secretName: (path: string) => string | null;
}

/** Answers that are kept: a data directory has the same names cycle after cycle. */
const MOST_KEPT = 200_000;

/** The same function, that works each path out once. */
function kept<T>(work: (path: string) => T): (path: string) => T {
  const known = new Map<string, T>();
  return (path) => {
    const found = known.get(path);
    if (found !== undefined || known.has(path)) return found as T;
    if (known.size >= MOST_KEPT) known.clear();
    const result = work(path);
    known.set(path, result);
    return result;
  };
}

/** Compiles the manifest's globs once. */
export function coverage({ include, exclude, rules }: CoverageRules): Coverage {
  const excluded = excludeMatcher(exclude);
  const included = include.map((glob) => ({ glob, match: matcher(glob) }));
  const strategies = rules.map(({ pattern, strategy }) => ({ strategy, match: matcher(pattern) }));
  const wanted = kept((path: string): string | null => {
    if (isAlwaysOut(path) || excluded(path)) return null;
    return included.find(({ match }) => match(path))?.glob ?? null;
  });
  const globOf = kept((path: string): string | null => {
    const glob = wanted(path);
    return glob === null || secretPath(path) !== null ? null : glob;
  });
  return {
    globOf,
    secretName: (path) => (wanted(path) === null ? null : (secretPath(path)?.reason ?? null)),
    covers: (path) => globOf(path) !== null,
    strategyOf: (path) => strategies.find(({ match }) => match(path))?.strategy ?? 'replace',
  };
}

/** A name without a glob is a file, or a directory with all that is in it. A glob is for files: `*.md` takes no `x.md/y`. */
function matcher(glob: string): (path: string) => boolean {
  const clean = glob.replace(/^\.?\//, '').replace(/\/$/, '');
  const exact = picomatch(clean, GLOB);
  if (picomatch.scan(clean).isGlob) return (path) => exact(path);
  return (path) => exact(path) || path.startsWith(`${clean}/`);
}
