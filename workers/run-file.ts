import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { atomicWrite } from '../adapters/files/atomic-write.js';

/** `<state>/run.json`: where a running control plane is (DESIGN.md, "Files"). Scripts read it. */
export interface RunFile {
  /** The supervisor. */
  readonly pid: number;
  /** null: down at the moment, or (temporal) a server that is not ours. */
  readonly pids: { readonly worker: number | null; readonly temporal: number | null };
  readonly node: string;
  /** Base URL of gateway, dashboard and API. */
  readonly http: string;
  /** host:port of Temporal's frontend. */
  readonly temporal: string;
  /** URL of Temporal's web UI; null when the server is not ours. */
  readonly ui: string | null;
  /** ISO 8601, UTC. */
  readonly started: string;
  /** When the configuration in force was read; ISO 8601, UTC. Left out by a control plane that cannot reload. */
  readonly configured?: string;
}

export function runFilePath(stateDir: string): string {
  return join(stateDir, 'run.json');
}

/** Not synced to the disk: after a power cut nothing runs, and the file is worthless. */
export async function writeRunFile(stateDir: string, run: RunFile): Promise<void> {
  await atomicWrite(runFilePath(stateDir), `${JSON.stringify(run, null, 2)}\n`, { sync: false });
}

/** null when there is none or it is not a run file. That the process still runs is for the caller to check. */
export async function readRunFile(stateDir: string): Promise<RunFile | null> {
  try {
    const value = JSON.parse(await readFile(runFilePath(stateDir), 'utf8')) as Partial<RunFile> | null;
    const whole = typeof value?.pid === 'number' && typeof value.http === 'string';
    return whole && typeof value.temporal === 'string' ? (value as RunFile) : null;
  } catch {
    return null;
  }
}

/** Synchronous, so that it also works on the way out. */
export function removeRunFile(stateDir: string): void {
  rmSync(runFilePath(stateDir), { force: true });
}
