// State files of many values: a header, then lines that each hold an array of some hundred values. Block by block, because
// one string of the whole is what makes a large backup's memory. Written whole and atomically; a file that is torn or of
// another kind reads as null, because everything we keep this way can be found out again; so it is not synced either.
import { lstat } from 'node:fs/promises';
import { atomicWrite } from './atomic-write.js';
import { readLines } from './read-lines.js';
import { statLine, type StatLine } from './stat-key.js';

/** Values a line: some 100 KB of text, few enough writes. */
const BLOCK = 256;

export interface NdjsonFile {
  readonly header: Readonly<Record<string, unknown>>;
  /** The values, blocks joined. Shared between readers: not to be changed. */
  readonly lines: readonly unknown[];
}

export interface NdjsonFiles {
  /** Replaces the file. `kind` names the format in its first line. */
  write(file: string, kind: string, header: object, lines: readonly unknown[]): Promise<void>;
  /** The header and the values, or null when the file is absent, torn, or of another kind. */
  read(file: string, kind: string): Promise<NdjsonFile | null>;
}

interface Seen {
  /** Of the file as it was before it was read, or after it was written. */
  readonly stat: StatLine | null;
  readonly header: NdjsonFile['header'];
  // Weak, so that an idle process does not hold the state of 50,000 files. While they are there, the steps of a run hand
  // them on; parsed anew by each step they would be most of what a run leaves behind as garbage.
  readonly lines: WeakRef<NdjsonFile['lines']>;
}

/**
 * Reads and writes such files; one that nobody touched since is given from memory while that is there. Two processes that
 * replace one file in the same moment may each keep their own version: what must not be mixed carries an id in its header.
 */
export function openNdjsonFiles(): NdjsonFiles {
  const seen = new Map<string, Seen>();
  const remember = (file: string, stat: StatLine | null, { header, lines }: NdjsonFile): void => {
    for (const [name, old] of seen) if (old.lines.deref() === undefined) seen.delete(name);
    seen.set(file, { stat, header, lines: new WeakRef(lines) });
  };
  return {
    async write(file, kind, about, lines) {
      const header = { nxs: kind, lines: lines.length, ...about };
      await atomicWrite(file, blocksOf(header, lines), { sync: false });
      remember(file, await statOf(file), { header, lines });
    },
    async read(file, kind) {
      const stat = await statOf(file);
      if (stat === null) return null;
      const last = seen.get(file);
      const held = last?.stat === stat ? last.lines.deref() : undefined;
      if (last !== undefined && held !== undefined && last.header['nxs'] === kind) {
        return { header: last.header, lines: held };
      }
      const content = await readWhole(file, kind);
      if (content !== null) remember(file, stat, content);
      return content;
    },
  };
}

async function statOf(file: string): Promise<StatLine | null> {
  return lstat(file, { bigint: true }).then(statLine, () => null);
}

function* blocksOf(header: object, lines: readonly unknown[]): Generator<string> {
  let text = `${JSON.stringify(header)}\n`;
  for (let at = 0; at < lines.length; at += BLOCK) {
    yield `${text}${JSON.stringify(lines.slice(at, at + BLOCK))}\n`;
    text = '';
  }
  if (text !== '') yield text;
}

async function readWhole(file: string, kind: string): Promise<NdjsonFile | null> {
  const lines: unknown[] = [];
  let header: Readonly<Record<string, unknown>> | null = null;
  try {
    for await (const line of readLines(file)) {
      const value = JSON.parse(line) as unknown;
      if (header !== null) {
        if (!Array.isArray(value)) return null;
        for (const item of value as unknown[]) lines.push(item);
      } else {
        if (typeof value !== 'object' || value === null) return null;
        header = value as Readonly<Record<string, unknown>>;
        if (header['nxs'] !== kind) return null;
      }
    }
  } catch {
    return null;
  }
  return header?.['lines'] === lines.length ? { header, lines } : null;
}
