// A problem before it is put into words for a person: it still knows its file's text, so that the line can be shown.
import type { LineCounter } from 'yaml';
import type { Schema } from '../schemas/walk.js';
import type { Place } from '../yaml/tree.js';

/** A file that was read as text. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly lines: LineCounter;
  readonly schema: Schema;
  /** Null while the file does not even parse: then nothing is known about what is a secret. */
  readonly root: Place | null;
}

export interface Finding {
  readonly file: string;
  readonly source: Source | null;
  /** In the source's text; null: the file as a whole. */
  readonly offset: number | null;
  readonly path: string;
  readonly message: string;
}

/** A problem of a file as a whole, or of something that is no YAML file at all. */
export function fileFinding(file: string, message: string): Finding {
  return { file, source: null, offset: null, path: '', message };
}
