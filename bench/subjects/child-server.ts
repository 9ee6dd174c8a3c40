// A server in a process of its own. It ends with the bench whatever happens: ours when their stdin closes, all when we exit.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface ChildServer {
  /** Without /v1. */
  readonly url: string;
  readonly pid: number;
  /** ms from its start to the first answer. */
  readonly startMs: number;
  stop(): Promise<void>;
}

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly cwd?: string;
  /** Where it will listen; left out: it prints its address as its first line. */
  readonly url?: string;
  /** Path that answers with less than 500 when it is up. */
  readonly ready: string;
  /** ms to wait for that. */
  readonly patience?: number;
}

const LOOK_EVERY_MS = 5;

/** Starts it and waits until it answers; throws with its last words when it does not. */
export async function launch(what: Launch): Promise<ChildServer> {
  const began = performance.now();
  const { cwd, env } = what;
  const child = spawn(what.program, [...what.args], {
    env,
    ...(cwd === undefined ? {} : { cwd }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  process.on('exit', kill);
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-4000)));
  let url = what.url ?? null;
  const deadline = began + (what.patience ?? 20_000);
  for (;;) {
    url ??= /^(http:\S+)\n/m.exec(said)?.[1] ?? null;
    if (url !== null && (await answers(url + what.ready))) break;
    if (hasEnded(child) || performance.now() > deadline) {
      kill();
      throw new Error(`${what.program} ${what.args[0] ?? ''} never answered: ${said.trim().slice(-500)}`);
    }
    await sleep(LOOK_EVERY_MS);
  }
  return {
    url,
    pid: child.pid ?? 0,
    startMs: performance.now() - began,
    async stop() {
      process.off('exit', kill);
      if (hasEnded(child)) return;
      const ended = once(child, 'exit');
      kill();
      await ended;
    },
  };
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

async function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    async (answer) => {
      await answer.arrayBuffer();
      return answer.status < 500;
    },
    () => false,
  );
}
