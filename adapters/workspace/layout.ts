// Where sync keeps its own things. In the data directory there are two names of ours, both reserved and never synced; all
// else lies in the state directory.
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';

/** In the data directory: says which directory it is, so that an empty mount point is not taken for it. */
export const MARKER = '.nxs-root';

/** In the data directory, and in each mount below it: what is about to be placed, on the device of its place. */
export const STAGING = '.nxs-sync';

export interface Layout {
  readonly cache: string;
  readonly deferrals: string;
  readonly journal: string;
  /** Copies of the last cycle, to be looked at once more. */
  readonly late: string;
  readonly root: string;
  readonly backups: string;
}

/** `dir` is `<state>/sync`. */
export function layoutOf(dir: string): Layout {
  return {
    cache: join(dir, 'seen.ndjson'),
    deferrals: join(dir, 'deferrals.json'),
    journal: join(dir, 'journal'),
    late: join(dir, 'late.json'),
    root: join(dir, 'root.json'),
    backups: join(dir, 'backups'),
  };
}

export async function ensureLayout(layout: Layout): Promise<void> {
  await mkdir(layout.backups, { recursive: true, mode: 0o700 });
}
