// Third-party programs as test peers: found by a script that prints one line for each, started on a free port, waited for,
// and ended with the test.
import { execFile, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { until } from './until.js';

export interface Peer {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** Where a peer is (a directory, a program), or a sentence why it is not there. */
export type Found = { readonly path: string } | { readonly reason: string };

/**
 * Runs a script of this folder that gets peers into the test cache and prints `name PATH` or `name - reason`.
 * @param folder in the cache, which the machine keeps
 */
export async function findByScript(script: string, folder: string): Promise<(name: string) => Found> {
  const cache = join(process.env['NXS_TEST_CACHE'] ?? tmpdir(), folder);
  const path = join(import.meta.dirname, script);
  const { stdout } = await promisify(execFile)('bash', [path, cache], { timeout: 300_000 });
  return (name) => {
    const line = stdout.split('\n').find((each) => each.startsWith(`${name} `)) ?? `${name} - not looked for`;
    const rest = line.slice(name.length + 1);
    return rest.startsWith('- ') ? { reason: rest.slice(2) } : { path: rest };
  };
}

/** Waits until `health` answers; the process is ended when it does not. */
export async function whenReady(child: ChildProcess, url: string, health: string): Promise<Peer> {
  const close = () => end(child);
  try {
    await until(async () => {
      if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
      return (await fetch(health)).ok;
    }, 60_000);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'exit');
}

/** A port that was free a moment ago; for programs that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
