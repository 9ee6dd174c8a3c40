// The kernel's text files. What cannot be read is unknown, never an error: a container hides some, other systems have none.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Text of a file below `root` (`/` outside of tests); null when it cannot be read. */
export async function readText(root: string, path: string): Promise<string | null> {
  return readFile(join(root, path), 'utf8').catch(() => null);
}

/** A whole number in a file of its own; null: there is none (`max`). */
export async function readNumber(root: string, path: string): Promise<number | null> {
  const text = (await readText(root, path))?.trim() ?? '';
  return /^\d+$/.test(text) ? Number(text) : null;
}

/** `name value` or `name: value` lines; values in the file's own unit. */
export function fieldsOf(text: string | null): ReadonlyMap<string, number> {
  const fields = new Map<string, number>();
  for (const [, name = '', value] of (text ?? '').matchAll(/^([\w()]+):?\s+(\d+)/gm))
    fields.set(name, Number(value));
  return fields;
}

export function round1(value: number): number {
  return Math.round(value * 10) / 10;
}
