import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../domain/errors.js';
import { restartDelay } from './backoff.js';
import type { Restart } from './lifecycle-journal.js';

export interface KeeperOptions {
  readonly name: string;
  /** Starts the child, which must lead a process group of its own (`detached`). */
  start(signal: AbortSignal): Promise<ChildProcess>;
  /** True when the start failed in a way that no other start will mend. */
  hopeless?(error: unknown): boolean;
  /** Asks a child to end in good order. */
  ask(child: ChildProcess): void;
  readonly say: (line: string) => void;
  /** Called after every start and every end. */
  readonly changed: () => void;
  /** Called when a successor of a dead child runs. */
  readonly restarted?: (restart: Restart) => void;
}

/** Keeps one child process alive until it is stopped. */
export interface Keeper {
  readonly name: string;
  /** null while it is down. */
  child(): ChildProcess | null;
  restarts(): number;
  /** Ends the current child in good order, so that it is started anew. */
  renew(): void;
  /** Asks the child to end, kills it after `patience` ms, and keeps it down. */
  stop(patience: number): Promise<void>;
  /** Kills the child with everything it started, at once and for good. */
  kill(): void;
}

export function keepAlive(options: KeeperOptions): Keeper {
  const { name, say } = options;
  const over = new AbortController();
  let child: ChildProcess | null = null;
  let restarts = 0;
  let renewing = false;
  let lastEnding: string | null = null;
  // A function, since it changes behind every await.
  const isOver = () => over.signal.aborted;

  async function run(): Promise<void> {
    let delay: number | null = null;
    while (!isOver()) {
      const began = performance.now();
      const ending = await startAndWait();
      if (isOver()) return;
      // On purpose is no story for the journal.
      lastEnding = renewing ? null : ending;
      if (!renewing) restarts += 1;
      delay = renewing ? 0 : restartDelay(delay, performance.now() - began);
      if (!renewing) say(`${name} ${ending}; starting it again in ${delay} ms`);
      renewing = false;
      options.changed();
      await sleep(delay, undefined, { signal: over.signal }).catch(() => undefined);
      if (delay === 0) delay = null;
    }
  }

  async function startAndWait(): Promise<string> {
    try {
      const started = await options.start(over.signal);
      child = started;
      // Asked to stop while it was being started: nobody else will tell it.
      if (isOver()) options.ask(started);
      options.changed();
      if (lastEnding !== null && started.pid !== undefined)
        options.restarted?.({ pid: started.pid, restarts, reason: lastEnding });
      const ending = await ended(started);
      // What it had started itself (a git in the middle of a backup) must not go on beside its successor.
      killGroup(started);
      return ending;
    } catch (error) {
      if (options.hopeless?.(error) === true) over.abort();
      return `could not be started (${errorMessage(error)})`;
    } finally {
      child = null;
    }
  }

  const finished = run();
  return {
    name,
    child: () => child,
    restarts: () => restarts,
    renew() {
      renewing = child !== null;
      if (child !== null) options.ask(child);
    },
    async stop(patience) {
      over.abort();
      if (child !== null) options.ask(child);
      const tooLong = setTimeout(() => {
        if (child !== null) say(`${name} did not stop in ${patience / 1000} s and is killed`);
        if (child !== null) killGroup(child);
      }, patience);
      await finished;
      clearTimeout(tooLong);
    },
    kill() {
      over.abort();
      if (child !== null) killGroup(child);
    },
  };
}

async function ended(child: ChildProcess): Promise<string> {
  // 'error' without a pid: it never ran, and there will be no 'exit'.
  if (child.pid === undefined) {
    const [error] = (await once(child, 'error')) as [Error];
    return `could not be started (${error.message})`;
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return child.signalCode === null
    ? `ended with code ${String(child.exitCode)}`
    : `was ended by ${child.signalCode}`;
}

function killGroup(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The whole group is gone already.
  }
}
