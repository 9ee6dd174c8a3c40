// Third-party servers for failover tests: programs that we did not write, so that they cannot share our mistakes. Each is
// there or a sentence says why not; a test without its peer is skipped with that sentence.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { findByScript, freePort, whenReady, type Found, type Peer } from './peer-process.js';

export type PeerName = 'python' | 'toxiproxy';

export type FoundPeers = Readonly<Record<PeerName, Found>>;

let found: Promise<FoundPeers> | null = null;

/** Gets what can be had, once per process; wheels are kept in the cache of the machine. */
export function findPeers(): Promise<FoundPeers> {
  found ??= look();
  return found;
}

async function look(): Promise<FoundPeers> {
  const entry = await findByScript('llm-peers.sh', 'llm-peers');
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
