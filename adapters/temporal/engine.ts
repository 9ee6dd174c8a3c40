import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { NxsError } from '../../domain/errors.js';
import type { RotatingLog } from '../files/rotating-log.js';
import { plainEnvironment } from '../shell/plain-environment.js';
import { databasePath } from './database.js';
import { engineArguments, type EngineCommand } from './engine-command.js';
import { isFree, nextFreePort } from './ports.js';

const HOST = '127.0.0.1';

/** Settings of Go's runtime. */
const TUNING = /^(GOGC|GOMEMLIMIT|GOMAXPROCS|GODEBUG|XDG_(CONFIG|CACHE)_HOME)$/;

/** A server that is alive after so many ms has its port, even if its banner reads differently than ours. */
const LATE_MS = 15_000;

export interface EnginePorts {
  readonly port: number;
  readonly uiPort: number;
}

/**
 * Ports for the embedded server: the wanted ones, else the next free ones. Throws NxsError
 * ENGINE_UNAVAILABLE when 200 ports in a row are in use.
 */
export async function chooseEnginePorts(wanted: EnginePorts): Promise<EnginePorts> {
  const port = await nextFreePort(wanted.port, HOST);
  const uiPort = await nextFreePort(wanted.uiPort, HOST, port === null ? [] : [port]);
  if (port === null || uiPort === null)
    throw new NxsError(
      'ENGINE_UNAVAILABLE',
      `No free port for Temporal from ${wanted.port} and ${wanted.uiPort} on.`,
    );
  return { port, uiPort };
}

/**
 * The same ports as before when they come free within `patience` ms (a server that was just killed may hold
 * them for a moment), so that clients and bookmarks stay good; else new ones.
 */
export async function keepEnginePorts(before: EnginePorts, patience: number): Promise<EnginePorts> {
  const deadline = performance.now() + patience;
  do {
    if ((await isFree(before.port, HOST)) && (await isFree(before.uiPort, HOST))) return before;
    await sleep(100);
  } while (performance.now() < deadline);
  return chooseEnginePorts(before);
}

/** `version` of the program; `uiCodec`: where the web UI has payloads decoded, null: nowhere. */
export function engineCommand(
  stateDir: string,
  ports: EnginePorts,
  { version, uiCodec }: { readonly version: string; readonly uiCodec: string | null },
): EngineCommand {
  const codec = uiCodec === null ? {} : { uiCodec };
  return { host: HOST, ...ports, database: databasePath(stateDir), ui: true, version, ...codec };
}

export function engineAddress(ports: EnginePorts): string {
  return `${HOST}:${ports.port}`;
}

export function engineUi(ports: EnginePorts): string {
  return `http://${HOST}:${ports.uiPort}`;
}

/**
 * Starts the embedded server in a process group of its own: a Ctrl-C in the terminal must reach the
 * supervisor only, which stops the worker first. Its output goes to `log`. The shell is there for its umask
 * alone (the server makes its SQLite file readable by all) and becomes the server.
 *
 * `serving` is called when the server says that it serves. A port that answers proves nothing: it may be
 * another server that took the port a moment before ours, and our workflows would go there.
 */
export function spawnEngine(
  program: string,
  command: EngineCommand,
  log: RotatingLog,
  serving: () => void,
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = spawn('/bin/sh', ['-c', 'umask 077; exec "$0" "$@"', program, ...engineArguments(command)], {
    // It serves whoever reaches its port: our tokens are no business of its. Its log names times without their zone.
    env: { ...plainEnvironment(env, TUNING), TZ: 'UTC' },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const hear = servingListener(command.port, serving);
  child.stdout.on('data', (chunk: Buffer) => {
    log.write(chunk);
    hear(chunk.toString('utf8'));
  });
  const late = setTimeout(serving, LATE_MS);
  child.once('exit', () => clearTimeout(late));
  child.stderr.on('data', (chunk: Buffer) => log.write(chunk));
  return child;
}

/** The banner is printed after the start: `Temporal Server:      localhost:7233`. */
export function servingListener(port: number, serving: () => void): (text: string) => void {
  // What follows the port has to be there: a piece may end within a longer number.
  const banner = new RegExp(`Server:\\s+\\S+:${port}\\s`);
  let text = '';
  let said = false;
  return (chunk) => {
    if (said) return;
    text = (text + chunk).slice(-4096);
    if (!banner.test(text)) return;
    said = true;
    serving();
  };
}
