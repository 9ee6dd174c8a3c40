import type { Artifact } from './artifact.js';

/** What one source of the chain needs to know. */
export interface SourceContext {
  readonly artifact: Artifact;
  readonly env: NodeJS.ProcessEnv;
  /** Cache directory (`<cache>/bin/<program>-<version>` is the program). */
  readonly cache: string;
  /** Milliseconds that a source has to answer at all. */
  readonly answer: number;
  /** Milliseconds for a download that has begun to answer. */
  readonly total: number;
  /** Base URL of Temporal's download service. */
  readonly downloadUrl: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** A line for a person; `percent` (0 to 100) while a download of known length goes on. */
export type Progress = (line: string, percent?: number) => void;

export type Found =
  /** A program that works. */
  | { readonly kind: 'found'; readonly path: string; readonly version: string }
  /** This source does not apply here (nothing is set, nothing is there): not worth a line by itself. */
  | { readonly kind: 'absent'; readonly reason: string }
  /** It should have worked: one line says why it did not. */
  | { readonly kind: 'failed'; readonly reason: string };

export interface Source {
  readonly name: string;
  /** It has the pinned version and no other. */
  readonly pinned?: boolean;
  find(context: SourceContext): Promise<Found>;
}
