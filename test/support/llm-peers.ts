// Third-party servers for failover tests: programs that we did not write, so that they cannot share our mistakes. Each is
// there or a sentence says why not; a test without its peer is skipped with that sentence.
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { until } from './until.js';

export type PeerName = 'python' | 'toxiproxy';

/** Where each is (a directory for PYTHONPATH, a program), or why it is not there. */
export type FoundPeers = Readonly<Record<PeerName, { readonly path: string } | { readonly reason: string }>>;

export interface Peer {
  /** Base URL, without /v1. */
  readonly url: string;
  close(): Promise<void>;
}

let found: Promise<FoundPeers> | null = null;

/** Gets what can be had, once per process; wheels are kept in the cache of the machine. */
export function findPeers(): Promise<FoundPeers> {
  found ??= look();
  return found;
}

async function look(): Promise<FoundPeers> {
  const cache = join(process.env['NXS_TEST_CACHE'] ?? tmpdir(), 'llm-peers');
  const script = join(import.meta.dirname, 'llm-peers.sh');
  const { stdout } = await promisify(execFile)('bash', [script, cache], { timeout: 300_000 });
  const entry = (name: PeerName) => {
    const line = stdout.split('\n').find((each) => each.startsWith(`${name} `)) ?? `${name} - not looked for`;
    const rest = line.slice(name.length + 1);
    return rest.startsWith('- ') ? { reason: rest.slice(2) } : { path: rest };
  };
  return { python: entry('python'), toxiproxy: entry('toxiproxy') };
}

/** llmock 0.2.2: faults are queued over HTTP, and it judges its client. */
export async function startLlmock(pythonPath: string): Promise<Peer> {
  const port = await freePort();
  const child = python(pythonPath, [
    ...['-m', 'uvicorn', '--factory', 'llmock.main:create_app', '--host', '127.0.0.1'],
    ...['--port', String(port), '--log-level', 'error'],
  ]);
  const url = `http://127.0.0.1:${port}`;
  return whenReady(child, url, `${url}/health`);
}

/** A llama.cpp server on a model of random weights; its context is so many tokens (of two slots together). */
export async function startLlama(pythonPath: string, context = 512): Promise<Peer> {
  const dir = await mkdtemp(join(tmpdir(), 'llama-'));
  const script = join(import.meta.dirname, 'llm-llama-server.py');
  const child = python(pythonPath, [script, join(dir, 'tiny.gguf'), String(context)]);
  const lines = createInterface({ input: child.stdout! });
  const [line] = (await once(lines, 'line', { signal: AbortSignal.timeout(60_000) })) as [string];
  const { url } = JSON.parse(line) as { url: string };
  const peer = await whenReady(child, url, `${url}/health`);
  return {
    url,
    async close() {
      await peer.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** toxiproxy's control API. */
export async function startToxiproxy(program: string): Promise<Peer> {
  const port = await freePort();
  const child = spawn(program, ['-host', '127.0.0.1', '-port', String(port)], { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  return whenReady(child, url, `${url}/version`);
}

function python(pythonPath: string, args: readonly string[]): ChildProcess {
  const env = { ...process.env, PYTHONPATH: pythonPath, PYTHONDONTWRITEBYTECODE: '1' };
  return spawn('python3', args, { env, stdio: ['pipe', 'pipe', 'inherit'] });
}

async function whenReady(child: ChildProcess, url: string, health: string): Promise<Peer> {
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
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
