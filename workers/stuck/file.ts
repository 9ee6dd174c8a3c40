// `<state>/stuck.json`: what the worker found, for the commands that work without Temporal.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import type { StuckRun } from '../../domain/stuck-run.js';

const stuckRun = z.object({
  workflow: z.string(),
  run: z.string(),
  type: z.string(),
  why: z.enum(['replay', 'failing']),
  reason: z.string(),
  mend: z.string(),
});
const schema = z.object({ v: z.literal(1), at: z.string(), version: z.string(), runs: z.array(stuckRun) });

export interface StuckFile {
  /** ISO: when it was looked last. */
  readonly at: string;
  readonly runs: readonly StuckRun[];
  /** Version of the worker that looked. */
  readonly version: string;
}

function stuckPath(stateDir: string): string {
  return path.join(stateDir, 'stuck.json');
}

export function writeStuck(stateDir: string, { at, version, runs }: StuckFile): Promise<void> {
  return atomicWrite(stuckPath(stateDir), `${JSON.stringify({ v: 1, at, version, runs })}\n`, {
    sync: false,
  });
}

/** null: nobody has looked yet, or the file is of another version. */
export async function readStuck(stateDir: string): Promise<StuckFile | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(stuckPath(stateDir), 'utf8')));
    return parsed.success
      ? { at: parsed.data.at, version: parsed.data.version, runs: parsed.data.runs }
      : null;
  } catch {
    return null;
  }
}
