// A probe's command: short, in a group of its own, without our environment; its last line is kept.
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { commandEnvironment } from '../shell/run-step.js';

export interface Ran {
  /** null: ended by a signal, or not started. */
  readonly code: number | null;
  /** errno of a start that failed. */
  readonly failure: string | null;
  readonly output: string;
}

const KEPT = 4096;
/** ms from the polite signal to the other one. */
const GRACE = 500;

/** Resolves null when the signal ended it. Never rejects. */
export function run(
  argv: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<Ran | null> {
  const [program = '', ...args] = argv;
  return new Promise((resolve) => {
    const options = { env: { ...commandEnvironment(env), LC_ALL: 'C' }, cwd: '/', detached: true } as const;
    const child = spawn(program, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const kill = (name: 'SIGTERM' | 'SIGKILL') => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, name);
      } catch {
        return;
      }
    };
    // Without file descriptors left there are no streams.
    const streams: readonly (Readable | null | undefined)[] = [child.stdout, child.stderr];
    const give = (ran: Ran | null) => {
      for (const stream of streams) stream?.destroy();
      resolve(ran);
    };
    child.once('error', (error: NodeJS.ErrnoException) =>
      give({ code: null, failure: error.code ?? error.name, output }),
    );
    for (const stream of streams)
      stream
        ?.setEncoding('utf8')
        .on('data', (text: string) => (output = (output + text).slice(-KEPT)))
        .on('error', () => undefined);
    signal.addEventListener(
      'abort',
      () => {
        kill('SIGTERM');
        setTimeout(() => kill('SIGKILL'), GRACE).unref();
        give(null);
      },
      { once: true },
    );
    child.once('exit', (code) => setImmediate(() => give({ code, failure: null, output })));
  });
}
