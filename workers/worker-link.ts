// The front's line to whichever worker is there: workers are restarted, so a call waits for one that polls.
import { NxsError } from '../domain/errors.js';
import type { RpcMessage } from './ipc.js';
import { rpcPeer, type Answer, type CallOptions, type RpcPeer } from './rpc.js';

export interface LinkCallOptions extends CallOptions {
  /** Longest wait for a worker that polls, ms; `timeoutMs` when left out. */
  readonly waitMs?: number;
}

export interface WorkerLink {
  /**
   * Asks the worker, waiting for one that polls; waiting and answering share `timeoutMs` (10 s). Throws NxsError: what the
   * worker says, TEMPORAL_UNREACHABLE when none comes (`details.absent`) or it dies meanwhile, CANCELLED when `signal` aborts.
   */
  call(method: string, params: unknown, options?: LinkCallOptions): Promise<unknown>;
  /** A worker polls, from now on. */
  onReady(listener: () => void): void;
  /** A worker process has ended, whether it polled or not. */
  onGone(listener: (workerPid: number) => void): void;
}

/** What the keeper tells of its worker processes. */
export interface WorkerLines extends WorkerLink {
  spawned(pid: number, send: (message: RpcMessage) => void): void;
  heard(pid: number, message: RpcMessage): void;
  ready(): void;
  exited(pid: number): void;
}

export type AnswerWorker = (
  method: string,
  params: unknown,
  caller: { readonly workerPid: number; readonly trace?: string },
) => Promise<unknown>;

const PATIENCE_MS = 10_000;

export function workerLines(answer: AnswerWorker): WorkerLines {
  const readyListeners: (() => void)[] = [];
  const goneListeners: ((pid: number) => void)[] = [];
  let line: { readonly pid: number; readonly peer: RpcPeer } | null = null;
  let polls = false;
  let waiting: (() => void)[] = [];

  function poller(timeoutMs: number, signal: AbortSignal | undefined): Promise<RpcPeer> {
    if (line !== null && polls) return Promise.resolve(line.peer);
    return new Promise((resolve, reject) => {
      const end = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', abort);
        waiting = waiting.filter((each) => each !== ready);
      };
      const ready = () => {
        end();
        if (line !== null) resolve(line.peer);
        else reject(noWorker());
      };
      const abort = () => {
        end();
        reject(new NxsError('CANCELLED', 'The worker is no longer waited for.'));
      };
      const timer = setTimeout(() => {
        end();
        reject(noWorker());
      }, timeoutMs);
      if (signal?.aborted === true) abort();
      else {
        signal?.addEventListener('abort', abort, { once: true });
        waiting.push(ready);
      }
    });
  }

  return {
    async call(method, params, { timeoutMs = PATIENCE_MS, waitMs = timeoutMs, signal, trace } = {}) {
      const began = performance.now();
      const peer = await poller(Math.min(waitMs, timeoutMs), signal);
      const left = Math.max(1, timeoutMs - (performance.now() - began));
      return peer.call(method, params, {
        timeoutMs: left,
        ...(signal === undefined ? {} : { signal }),
        ...(trace === undefined ? {} : { trace }),
      });
    },
    onReady: (listener) => void readyListeners.push(listener),
    onGone: (listener) => void goneListeners.push(listener),
    spawned(pid, send) {
      const bound: Answer = (method, params, trace) =>
        answer(method, params, { workerPid: pid, ...(trace === undefined ? {} : { trace }) });
      line = { pid, peer: rpcPeer({ send, answer: bound, peer: 'the worker' }) };
      polls = false;
    },
    heard(pid, message) {
      if (line?.pid === pid) line.peer.hear(message);
    },
    ready() {
      polls = true;
      for (const go of waiting) go();
      for (const listener of readyListeners) listener();
    },
    exited(pid) {
      if (line?.pid !== pid) return;
      line.peer.gone();
      line = null;
      polls = false;
      for (const listener of goneListeners) listener(pid);
    },
  };
}

function noWorker(): NxsError {
  const why = 'No worker polls now: Temporal or the worker is still starting.';
  return new NxsError('TEMPORAL_UNREACHABLE', why, { absent: true });
}
