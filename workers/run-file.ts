import { rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { atomicWrite } from '../adapters/files/atomic-write.js';
import { hostName, isLoopbackName } from './front/host-name.js';

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
  /** Of the package that was started; left out by versions before this field. */
  readonly version?: string;
  /** First digits of the bundle's digest, as it was at the start. */
  readonly build?: string;
  /** When the configuration in force was read; ISO 8601, UTC. Left out by a control plane that cannot reload. */
  readonly configured?: string;
}

// Commands send http.token to where this file says, signal the processes that it names, and pages link to its `ui`.
const pid = z.int().positive();
const schema = z.looseObject({
  pid,
  pids: z.looseObject({ worker: pid.nullable(), temporal: pid.nullable() }),
  node: z.string(),
  http: z.string().refine(isOwnAddress),
  temporal: z.string(),
  ui: z
    .string()
    .regex(/^https?:\/\//)
    .nullable(),
  started: z.string(),
});

export function runFilePath(stateDir: string): string {
  return join(stateDir, 'run.json');
}

/** Not synced to the disk: after a power cut nothing runs, and the file is worthless. */
export async function writeRunFile(stateDir: string, run: RunFile): Promise<void> {
  await atomicWrite(runFilePath(stateDir), `${JSON.stringify(run, null, 2)}\n`, { sync: false });
}

/** null when there is none or it is not a run file of this machine. That the process still runs is for the caller to check. */
export async function readRunFile(stateDir: string): Promise<RunFile | null> {
  try {
    const read = schema.safeParse(JSON.parse(await readFile(runFilePath(stateDir), 'utf8')));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

/** A run.json whose process is gone belongs to a control plane that was killed; its Temporal may linger, with no worker. */
export function livingRun<T extends { readonly pid: number }>(run: T | null): T | null {
  if (run === null) return null;
  try {
    process.kill(run.pid, 0);
    return run;
  } catch {
    return null;
  }
}

/** A front listens on an address of its own machine, so a file that names another one is not ours (copied, or forged). */
function isOwnAddress(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const host = hostName(url.host);
  if (url.protocol !== 'http:' || url.username !== '' || host === null) return false;
  const own = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return isLoopbackName(host) || own.some(({ address }) => address.toLowerCase() === host);
}

/** Synchronous, so that it also works on the way out. */
export function removeRunFile(stateDir: string): void {
  rmSync(runFilePath(stateDir), { force: true });
}
