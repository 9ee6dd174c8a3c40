// `<state>/healing/monitor.json`: what the monitor saw last. Its age tells whether anybody looks at all.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../../adapters/files/atomic-write.js';

const schema = z.object({
  /** ms */
  at: z.number(),
  anomalies: z.array(z.string()),
  blind: z.array(z.object({ subject: z.string(), detail: z.string(), since: z.number() })),
});

export type MonitorFile = z.infer<typeof schema>;

export function healingDir(stateDir: string): string {
  return path.join(stateDir, 'healing');
}

function monitorPath(stateDir: string): string {
  return path.join(healingDir(stateDir), 'monitor.json');
}

export function writeMonitor(stateDir: string, note: MonitorFile): Promise<void> {
  return atomicWrite(monitorPath(stateDir), JSON.stringify(note), { sync: false });
}

/** null: nobody has looked yet. */
export async function readMonitor(stateDir: string): Promise<MonitorFile | null> {
  try {
    const parsed = schema.safeParse(JSON.parse(await readFile(monitorPath(stateDir), 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** ms since the last look that are too many: the monitor is dead or held up, and "all well" means nothing. */
export function isBlind(file: MonitorFile | null, interval: number, now: number): boolean {
  return file === null || now - file.at > 3 * interval + 5_000;
}
