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
}

/** Compiles the manifest's globs once. */
export function coverage({ include, exclude, rules }: CoverageRules): Coverage {
  const excluded = excludeMatcher(exclude);
  const included = include.map((glob) => ({ glob, match: matcher(glob) }));
  const strategies = rules.map(({ pattern, strategy }) => ({ strategy, match: matcher(pattern) }));
  const globOf = (path: string): string | null => {
    if (isAlwaysOut(path) || excluded(path) || secretPath(path) !== null) return null;
    return included.find(({ match }) => match(path))?.glob ?? null;
  };
  return {
    globOf,
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
