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

/** The header and the lines, or null when the file is absent, torn, or of another kind. */
export async function readNdjson<H, L>(
  file: string,
  kind: string,
): Promise<{ readonly header: H; readonly lines: readonly L[] } | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    const [header, ...lines] = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as unknown);
    if (typeof header !== 'object' || header === null) return null;
    const said = header as { nxs?: unknown; lines?: unknown };
    if (said.nxs !== kind || said.lines !== lines.length) return null;
    return { header: header as H, lines: lines as L[] };
  } catch {
    return null;
  }
}
