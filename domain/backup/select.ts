// From the manifest's entries to "this local file goes there", decided before a byte is read or written.
import picomatch from 'picomatch';
import { unsafePath } from '../paths.js';

/** One line of `backup.files`: a file, a directory or a glob, and where it goes in the destination. */
export interface FileRule {
  readonly local: string;
  readonly remote: string;
  readonly optional: boolean;
}

export type Selection =
  | { readonly kind: 'target'; readonly path: string; readonly rule: number }
  | { readonly kind: 'excluded' }
  | { readonly kind: 'uncovered' };

/** `s`: a name may hold a line break, and `*` and `**` have to see over it, or the file is silently not covered. */
export const GLOB = { dot: true, flags: 's' } as const;

/** Ours and git's own directories are never data, whatever a glob says. */
const ALWAYS_OUT = /(^|\/)(\.git|\.nxs(-[^/]*)?)(\/|$)/;

/** True for a directory that need not be walked at all. */
export function isAlwaysOut(path: string): boolean {
  return ALWAYS_OUT.test(path);
}

/**
 * Compiles the rules. Patterns are as in the seed: one without a slash matches at any depth in `exclude`
 * (`*.tmp`), one with a slash starts at the data directory. The first rule that matches a file wins.
 */
export function compileSelection(
  rules: readonly FileRule[],
  exclude: readonly string[],
): (path: string) => Selection {
  const excluded = excludeMatcher(exclude);
  const compiled = rules.map((rule, index) => ({ match: ruleMatcher(rule), index }));
  return (path) => {
    if (isAlwaysOut(path) || excluded(path)) return { kind: 'excluded' };
    for (const { match, index } of compiled) {
      const target = match(path);
      if (target !== null) return { kind: 'target', path: target, rule: index };
    }
    return { kind: 'uncovered' };
  };
}

/** Matches a path against exclude patterns, at any depth for those without a slash. */
export function excludeMatcher(patterns: readonly string[]): (path: string) => boolean {
  const anchored: ((path: string) => boolean)[] = [];
  const anywhere: ((name: string) => boolean)[] = [];
  for (const pattern of patterns) {
    const clean = pattern.replace(/^\.?\//, '').replace(/\/$/, '');
    if (clean.includes('/')) {
      const exact = picomatch(clean, GLOB);
      const below = picomatch(`${clean}/**`, GLOB);
      anchored.push((path) => exact(path) || below(path));
    } else {
      anywhere.push(picomatch(clean, GLOB));
    }
  }
  return (path) =>
    anchored.some((match) => match(path)) ||
    (anywhere.length > 0 && path.split('/').some((name) => anywhere.some((match) => match(name))));
}

/** The literal file that a rule names, or null when it is a glob. */
export function literalOf(rule: FileRule): string | null {
  const local = cleanLocal(rule.local);
  return picomatch.scan(local).isGlob ? null : local;
}

function ruleMatcher(rule: FileRule): (path: string) => string | null {
  const local = cleanLocal(rule.local);
  const scan = picomatch.scan(local);
  if (!scan.isGlob) {
    return (path) => {
      if (path === local) return targetFile(rule.remote, baseName(local));
      if (path.startsWith(`${local}/`)) return joinTarget(rule.remote, path.slice(local.length + 1));
      return null;
    };
  }
  const matches = picomatch(local, GLOB);
  const base = scan.base === '' ? '' : `${scan.base}/`;
  return (path) => (matches(path) ? joinTarget(rule.remote, path.slice(base.length)) : null);
}

function cleanLocal(local: string): string {
  return local.replace(/^\.\//, '').replace(/\/+$/, '');
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

function targetFile(remote: string, name: string): string {
  return remote === '' || remote.endsWith('/') ? `${remote}${name}` : remote;
}

function joinTarget(remote: string, rest: string): string {
  return remote === '' || remote === '.' || remote === './' ? rest : `${remote.replace(/\/+$/, '')}/${rest}`;
}

export interface Mapped {
  readonly local: string;
  readonly path: string;
}

export interface Refusal extends Mapped {
  readonly reason: string;
}

/**
 * Refuses what must never become a path in a destination: unsafe targets, and two files that claim one target
 * or one a file where the other needs a directory. Both claimants are refused, so that neither wins by chance.
 */
export function checkTargets(mapped: readonly Mapped[]): { good: Mapped[]; refused: Refusal[] } {
  const refused: Refusal[] = [];
  const byTarget = new Map<string, Mapped[]>();
  for (const item of mapped) {
    const reason = unsafePath(item.path);
    if (reason !== null) refused.push({ ...item, reason: `the target "${item.path}" is refused: ${reason}` });
    else byTarget.set(item.path, [...(byTarget.get(item.path) ?? []), item]);
  }
  const directories = new Map<string, string>();
  for (const [path, [first]] of byTarget) {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
      if (first !== undefined) directories.set(path.slice(0, at), first.local);
    }
  }
  const good: Mapped[] = [];
  for (const [path, claimants] of byTarget) {
    const below = directories.get(path);
    for (const item of claimants) {
      const rival = claimants.find((other) => other !== item)?.local ?? below;
      if (rival === undefined) good.push(item);
      else refused.push({ ...item, reason: `the target "${path}" is also claimed by "${rival}"` });
    }
  }
  return { good, refused };
}
