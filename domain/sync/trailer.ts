// The trailer of a sync commit: the stamps of the paths that it changed. Whoever can write to the hub can write any message, so
// what is not exactly what we write counts as nothing.
import { NODE_NAME } from '../ids.js';
import { comparePaths } from '../paths.js';
import type { Stamp } from './model.js';
import { LARGEST_COUNT, LAST_MOMENT } from './stamp.js';

const NAME = 'Nxs-Stamps: ';

/**
 * `Sync from HOST at ISO`, a blank line, and the trailer in one line: `Nxs-Stamps: [["<path>",l,c,"<node>"],…]` in byte order
 * of the paths. Rows, not an object: as a property of one the path `__proto__` would be lost.
 */
export function syncMessage(host: string, at: string, stamps: ReadonlyMap<string, Stamp>): string {
  const rows = [...stamps]
    .sort(([a], [b]) => comparePaths(a, b))
    .map(([path, { l, c, node }]) => [path, l, c, node]);
  return `Sync from ${host.replace(/\s+/g, ' ')} at ${at}\n\n${NAME}${JSON.stringify(rows)}\n`;
}

/** The stamps of a commit message, those of its last such line; empty for a message of another kind. Never throws. */
export function stampsOf(message: string): ReadonlyMap<string, Stamp> {
  const stamps = new Map<string, Stamp>();
  // Not a multi-line pattern: to that, U+2028 in a path would end the line.
  const line = message.split('\n').findLast((each) => each.startsWith(NAME));
  if (line === undefined) return stamps;
  for (const row of rowsOf(line.slice(NAME.length))) {
    const claim = claimOf(row);
    if (claim !== null) stamps.set(claim.path, claim.stamp);
  }
  return stamps;
}

function rowsOf(text: string): readonly unknown[] {
  try {
    const rows: unknown = JSON.parse(text);
    return Array.isArray(rows) ? rows : [];
  } catch {
    return [];
  }
}

function claimOf(row: unknown): { readonly path: string; readonly stamp: Stamp } | null {
  if (!Array.isArray(row) || row.length !== 4) return null;
  const [path, l, c, node] = row as readonly unknown[];
  if (typeof path !== 'string' || typeof node !== 'string' || !NODE_NAME.test(node)) return null;
  return isCount(l, LAST_MOMENT) && isCount(c, LARGEST_COUNT) ? { path, stamp: { l, c, node } } : null;
}

function isCount(value: unknown, largest: number): value is number {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= largest;
}
