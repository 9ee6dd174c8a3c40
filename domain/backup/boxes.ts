// Where a destination keeps files in another form, this text says which boxes make up which file. It travels in the same
// tree, so that a restore needs nothing but the destination; its lines are sorted and canonical.
import { z } from 'zod';
import { comparePaths } from '../paths.js';
import type { StagedFile } from './entry.js';

/** `parts`: raw slices; `age`: one age stream, cut. */
export type BoxKind = 'parts' | 'age';

/** Where each kind keeps its boxes and its index, below the destination's prefix. */
export const BOX_PLACES = {
  parts: { boxes: '.nxs/parts/', index: '.nxs/boxes.ndjson' },
  age: { boxes: '.nxs/age/', index: '.nxs/boxes.age' },
} as const;

/** A stored blob. */
export interface Box {
  /** Path in the tree, without the prefix. */
  readonly path: string;
  readonly oid: string;
  /** Bytes as stored. */
  readonly size: number;
}

/** A file as its owner knows it, and the boxes that hold its bytes, in order. */
export interface BoxedFile {
  /** Path in the tree as it would be without boxes, without the prefix. */
  readonly path: string;
  readonly oid: string;
  /** Bytes of the file itself. */
  readonly size: number;
  readonly mode: StagedFile['mode'];
  readonly boxes: readonly Box[];
}

export interface BoxIndex {
  readonly kind: BoxKind;
  /** ISO 8601, UTC. */
  readonly made: string;
  /** In byte order of the path. */
  readonly files: readonly BoxedFile[];
}

const oid = z.string().regex(/^[0-9a-f]{40}$/);
const bytes = z.number().int().nonnegative();

const headerSchema = z.object({
  nxs_boxes: z.literal(1),
  kind: z.enum(['parts', 'age']),
  made: z.string(),
  files: z.number().int().nonnegative(),
});

const fileSchema = z.object({
  path: z.string().min(1),
  oid,
  size: bytes,
  mode: z.enum(['100644', '100755']),
  boxes: z.array(z.object({ path: z.string(), oid, size: bytes })).min(1),
});

/** The index as text; `files` in any order. */
export function encodeBoxes({ kind, made, files }: BoxIndex): string {
  const header = { nxs_boxes: 1, kind, made, files: files.length };
  return `${JSON.stringify(header)}\n${encodeFiles(files)}`;
}

/** The lines below the header: equal for indexes that say the same. */
export function encodeFiles(files: readonly BoxedFile[]): string {
  return [...files]
    .sort((a, b) => comparePaths(a.path, b.path))
    .map((file) => `${encodeLine(file)}\n`)
    .join('');
}

function encodeLine({ path, oid: id, size, mode, boxes }: BoxedFile): string {
  const ordered = boxes.map((box) => ({ path: box.path, oid: box.oid, size: box.size }));
  return JSON.stringify({ path, oid: id, size, mode, boxes: ordered });
}

/** Reads an index of this kind; a sentence instead when it is not one, or not whole. Never throws. */
export function parseBoxes(text: string, kind: BoxKind): BoxIndex | string {
  const lines = text.split('\n');
  if (lines.pop() !== '') return 'the index of boxes is cut off in its last line';
  const header = parseLine(headerSchema, lines[0] ?? '');
  if (header === null) return 'the first line is not the header of an index of boxes of version 1';
  if (header.kind !== kind) return `it is an index of ${header.kind}, not of ${kind}`;
  const files: BoxedFile[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const file = parseLine(fileSchema, line);
    const wrong = file === null ? 'is not a file entry' : problemOf(file, kind, files.at(-1));
    if (file === null || wrong !== null) return `line ${index + 2} of the index of boxes ${wrong ?? ''}`;
    files.push(file);
  }
  if (files.length !== header.files) {
    return `the index of boxes lists ${files.length} files where its header announces ${header.files}`;
  }
  return { kind, made: header.made, files };
}

function problemOf(file: BoxedFile, kind: BoxKind, before: BoxedFile | undefined): string | null {
  if (before !== undefined && comparePaths(before.path, file.path) >= 0) return 'is out of order';
  const { boxes: place } = BOX_PLACES[kind];
  if (!file.boxes.every(({ path }) => path.startsWith(place))) return 'names a box outside of its place';
  const stored = file.boxes.reduce((sum, { size }) => sum + size, 0);
  if (kind === 'parts' && stored !== file.size) return 'has parts that do not add up to its file';
  return null;
}

function parseLine<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
