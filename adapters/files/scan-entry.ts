// What a scan says of one name in the data directory.
import type { StatLine } from './stat-key.js';

export interface Found {
  /** '/'-separated, relative to the root; never starts with a slash. */
  readonly path: string;
  readonly absolute: string;
}

export type ScanEntry =
  | (Found & { readonly kind: 'file'; readonly size: number; readonly mode: number; readonly stat: StatLine })
  /** A link to a regular file inside the root: `target` is that file's path; size, mode and stat are the target's. */
  | (Found & {
      readonly kind: 'link';
      readonly target: string;
      readonly targetAbsolute: string;
      readonly size: number;
      readonly mode: number;
      readonly stat: StatLine;
    })
  | (Found & { readonly kind: 'other'; readonly reason: string })
  | (Found & { readonly kind: 'unreadable'; readonly errno: string; readonly reason: string });
