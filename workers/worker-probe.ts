import type { ChildProcess } from 'node:child_process';
import type { FromWorker, WorkerState } from './ipc.js';
import { tell } from './worker-child.js';

const DOWN: WorkerState = { polling: false, temporal: false, readable: true, detail: 'the worker is down' };
const SILENT: WorkerState = {
  polling: false,
  temporal: false,
  readable: true,
  detail: 'the worker does not answer',
};

export interface WorkerProbe {
  /** At most one question per `CACHE_MS` reaches the worker. `patience`: longest wait for its answer, ms. */
  state(patience?: number): Promise<WorkerState>;
  /** Hands an answer of the worker in. */
  answer(message: Extract<FromWorker, { type: 'state' }>): void;
  /** What it said before no longer holds: the next question is asked anew. */
  forget(): void;
}

const CACHE_MS = 500;
const PATIENCE_MS = 2000;

/**
 * Asks the worker over IPC whether it polls and Temporal answers. The front's process needs no Temporal
 * client for that, which would cost it some 40 MB.
 */
export function probeWorker(child: () => ChildProcess | null): WorkerProbe {
  const waiting = new Map<number, (state: WorkerState) => void>();
  let last: { readonly at: number; readonly state: Promise<WorkerState> } | null = null;
  let id = 0;
  const ask = (target: ChildProcess) =>
    new Promise<WorkerState>((resolve) => {
      const mine = ++id;
      const timer = setTimeout(() => settle(mine, SILENT), PATIENCE_MS);
      waiting.set(mine, (state) => {
        clearTimeout(timer);
        resolve(state);
      });
      tell(target, { type: 'ask', id: mine });
    });
  const settle = (answered: number, state: WorkerState) => {
    waiting.get(answered)?.(state);
    waiting.delete(answered);
  };
  return {
    answer: ({ id: answered, polling, temporal, readable, detail }) =>
      settle(answered, { polling, temporal, readable, detail }),
    forget() {
      last = null;
    },
    state(patience = PATIENCE_MS) {
      const target = child();
      if (target === null || !target.connected) return Promise.resolve(DOWN);
      const now = performance.now();
      if (last === null || now - last.at > CACHE_MS) last = { at: now, state: ask(target) };
      return patience < PATIENCE_MS ? soon(last.state, patience) : last.state;
    },
  };
}

function soon(state: Promise<WorkerState>, patience: number): Promise<WorkerState> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(SILENT), patience);
    void state.then((known) => {
      clearTimeout(timer);
      resolve(known);
    });
  });
}
