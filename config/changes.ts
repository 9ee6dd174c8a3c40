// What differs between two configurations, by key path and never by value: the answer of a reload.
import { CONFIG_PARTS, placeOfPart, secretsOf } from './redact.js';
import { redactText } from './secret-text.js';
import type { FileName } from './files.js';
import type { Config } from './types.js';

/** One key that is another one now. */
export interface Change {
  readonly file: FileName;
  /** As an error would name it; items of a list go by their `name`: `providers[kimi].timeout`. */
  readonly path: string;
  readonly how: 'added' | 'removed' | 'changed';
}

/** What changed from `before` to `after`, in the order of the files. Pure. */
export function changesOf(before: Config, after: Config): readonly Change[] {
  const changes: Change[] = [];
  for (const part of CONFIG_PARTS) {
    const [file, path] = placeOfPart(part);
    compare(path.join('.'), before[part], after[part], (at, how) => {
      // What is in force counts: the environment goes before these two.
      if (part !== 'nxs' || !['node', 'data_dir'].includes(at)) changes.push({ file, path: at, how });
    });
  }
  if (before.node !== after.node) changes.push({ file: 'nxs', path: 'node', how: 'changed' });
  if (before.dataDir !== after.dataDir) changes.push({ file: 'nxs', path: 'data_dir', how: 'changed' });
  const secrets = [...secretsOf(before), ...secretsOf(after)];
  return changes.map((change) => ({ ...change, path: redactText(change.path, secrets) }));
}

type Tell = (path: string, how: Change['how']) => void;

function compare(path: string, before: unknown, after: unknown, tell: Tell): void {
  if (Object.is(before, after)) return;
  if (before === undefined || after === undefined) {
    tell(path, before === undefined ? 'added' : 'removed');
    return;
  }
  const [old, now] = [membersOf(before), membersOf(after)];
  if (old === null || now === null || Array.isArray(before) !== Array.isArray(after)) {
    tell(path, 'changed');
    return;
  }
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const below = Array.isArray(before) ? `${path}[${key}]` : path === '' ? key : `${path}.${key}`;
    compare(below, old.get(key), now.get(key), tell);
  }
  const kept = [...old.keys()].filter((key) => now.has(key));
  const order = [...now.keys()].filter((key) => old.has(key));
  if (Array.isArray(before) && kept.join('\n') !== order.join('\n')) tell(path, 'changed');
}

/** null: not a list and not a map. Items of a list by their name where each has one of its own, else by their place. */
function membersOf(value: unknown): ReadonlyMap<string, unknown> | null {
  if (typeof value !== 'object' || value === null) return null;
  if (!Array.isArray(value)) return new Map(Object.entries(value));
  const items = value as readonly unknown[];
  const names = items.map(nameOf);
  const named = names.every((name) => name !== null) && new Set(names).size === names.length;
  return new Map(items.map((item, index) => [named ? String(names[index]) : String(index), item]));
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null || !('name' in item)) return null;
  return typeof item.name === 'string' ? item.name : null;
}
