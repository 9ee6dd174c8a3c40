import { fork, type ChildProcess } from 'node:child_process';
import type { TemporalTarget } from '../adapters/temporal/target.js';
import { parseFromWorker, type FromWorker, type ToWorker } from './ipc.js';

export interface WorkerChildOptions {
  /** The compiled `worker.js`. */
  readonly module: string;
  /** Shown on the command line, by which an orphan is recognised. */
  readonly stateDir: string;
  readonly env: NodeJS.ProcessEnv;
  readonly configDir: string | null;
  readonly handover: unknown;
  /** Settles when it is worth connecting. */
  readonly target: Promise<TemporalTarget>;
  readonly onMessage: (message: FromWorker, child: ChildProcess) => void;
  /** What it writes besides its log: crashes of Node itself. */
  readonly onOutput: (chunk: Buffer) => void;
}

/** Starts the worker with its first message. */
export function spawnWorker(options: WorkerChildOptions): ChildProcess {
  const child = fork(options.module, [options.stateDir], {
    env: { ...options.env, TZ: 'UTC' },
    // A debugger's port or a loader of ours is not for the child. A worker lives for months beside the agent: it gives
    // memory back early (a small nursery, here, and a slow-growing heap, in run-worker) rather than save collections.
    execArgv: ['--max-semi-space-size=4'],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    detached: true,
  });
  child.stdout?.on('data', options.onOutput);
  child.stderr?.on('data', options.onOutput);
  child.on('message', (value) => {
    const message = parseFromWorker(value);
    if (message !== null) options.onMessage(message, child);
  });
  tell(child, { type: 'start', configDir: options.configDir, handover: options.handover });
  void options.target.then((target) => tell(child, { type: 'target', target }));
  return child;
}

/** Sends without ever throwing: a child that dies in this moment is its keeper's business. */
export function tell(child: ChildProcess, message: ToWorker): void {
  if (child.connected) child.send(message, () => undefined);
}
