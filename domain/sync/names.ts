// Names for versions that cannot have the one they came with. They depend on what is named and on nothing else, so that every
// node, and every repetition, calls a version the same.
import type { Contender } from './model.js';
import { LAST_MOMENT } from './stamp.js';

/** `notes.md` -> `notes.0a1b2c3d.md`; a name without an extension gets it at its end. */
export function numbered(path: string, oid: string): string {
  const slash = path.lastIndexOf('/') + 1;
  const dot = path.lastIndexOf('.');
  const end = dot > slash ? dot : path.length;
  return `${path.slice(0, end)}.${oid.slice(0, 8)}${path.slice(end)}`;
}

/** The first of numbered(), numbered(numbered()), … that is free, or holds this very version. */
export function freeNumbered(path: string, oid: string, at: (path: string) => string | null): string {
  let name = numbered(path, oid);
  for (;;) {
    const holder = at(name);
    if (holder === null || holder === oid) return name;
    name = numbered(name, oid);
  }
}

/**
 * `memory/notes.md` -> `memory/2026-03-04-notes.md`, by the day (UTC) of its stamp. A name that has a date already, or whose
 * dated name is taken by something else, is numbered instead.
 */
export function datedName(
  path: string,
  { version, stamp }: Pick<Contender, 'version' | 'stamp'>,
  at: (path: string) => string | null,
): string {
  const slash = path.lastIndexOf('/') + 1;
  const [dir, name] = [path.slice(0, slash), path.slice(slash)];
  const day = new Date(Math.min(Math.max(stamp.l, 0), LAST_MOMENT)).toISOString().slice(0, 10);
  const simple = `${dir}${day}-${name}`;
  const holder = at(simple);
  if (!/^\d{4}-\d{2}-\d{2}/.test(name) && (holder === null || holder === version.oid)) return simple;
  return freeNumbered(path, version.oid, at);
}
