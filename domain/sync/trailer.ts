// The trailer of a sync commit: the stamps of the paths that it changed. Anybody may have written it, so what is not exactly
// what we write counts as nothing.
import type { Stamp } from './model.js';

const NAME = 'Nxs-Stamps';

/** `Sync from HOST at ISO`, a blank line, and the trailer in one line. */
export function syncMessage(host: string, at: string, stamps: ReadonlyMap<string, Stamp>): string {
  const rows = [...stamps].map(([path, { l, c, node }]) => [path, l, c, node]);
  return `Sync from ${host} at ${at}\n\n${NAME}: ${JSON.stringify(rows)}\n`;
}

/** The stamps of a commit message; empty for one of another kind. Never throws. */
export function stampsOf(message: string): ReadonlyMap<string, Stamp> {
  const stamps = new Map<string, Stamp>();
  const line = message.split('\n').findLast((each) => each.startsWith(`${NAME}: `));
  if (line === undefined) return stamps;
  for (const row of rowsOf(line.slice(NAME.length + 2))) {
    if (!Array.isArray(row)) continue;
    const [path, l, c, node] = row as readonly unknown[];
    if (typeof path !== 'string' || typeof node !== 'string' || !isCount(l) || !isCount(c)) continue;
    stamps.set(path, { l, c, node });
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

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
