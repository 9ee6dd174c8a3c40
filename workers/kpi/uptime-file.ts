// `<state>/uptime.json`: the stretch that is being measured and is not in the journal yet. It is there after a kill, and gone after an
// orderly stop.
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import type { Measured } from '../../domain/kpi/measure.js';

const ms = z.number().nonnegative();
const schema = z.object({
  from: ms,
  to: ms,
  up: ms,
  down: ms,
  unknown: ms,
  why: z.record(z.string(), ms),
});

function fileOf(stateDir: string): string {
  return path.join(stateDir, 'uptime.json');
}

/** null: nothing is being measured. */
export async function readUptime(stateDir: string): Promise<Measured | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(fileOf(stateDir), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

export function writeUptime(stateDir: string, stretch: Measured): Promise<void> {
  return atomicWrite(fileOf(stateDir), JSON.stringify(stretch), { sync: false });
}

export function removeUptime(stateDir: string): Promise<void> {
  return rm(fileOf(stateDir), { force: true });
}
