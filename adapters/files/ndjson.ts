// State files of many lines: a header, then one JSON value a line. Written whole and atomically; a file that is torn or of
// another kind reads as null, because everything we keep this way can be found out again; so it is not synced either.
import { readFile } from 'node:fs/promises';
import { atomicWrite } from './atomic-write.js';

/** Replaces the file. `kind` names the format in its first line. */
export async function writeNdjson(
  file: string,
  kind: string,
  header: object,
  lines: readonly unknown[],
): Promise<void> {
  const text = [{ nxs: kind, lines: lines.length, ...header }, ...lines].map((line) => JSON.stringify(line));
  await atomicWrite(file, `${text.join('\n')}\n`, { sync: false });
}

export interface NdjsonFile {
  readonly header: Readonly<Record<string, unknown>>;
  readonly lines: readonly unknown[];
}

/** The header and the lines, or null when the file is absent, torn, or of another kind. */
export async function readNdjson(file: string, kind: string): Promise<NdjsonFile | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const [header, ...lines] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    if (typeof header !== 'object' || header === null) return null;
    const said = header as Record<string, unknown>;
    return said['nxs'] === kind && said['lines'] === lines.length ? { header: said, lines } : null;
  } catch {
    return null;
  }
}
