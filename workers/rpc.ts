// Questions and answers over the IPC channel that supervisor and worker have anyway, so that neither needs a port, a token or a
// client of Temporal's for them. A peer that dies answers nothing: whoever waits is told so at once.
import { ERRORS, errorCode, errorMessage, NxsError, type ErrorCode } from '../domain/errors.js';
import type { RpcMessage } from './ipc.js';

export interface CallOptions {
  /** ms; the default is 10 s. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** W3C traceparent that the answer belongs to. */
  readonly trace?: string;
}

/** Methods by name, each a function of one argument; the shape of a contract like workers/failover/calls.ts. */
type Methods<T> = { readonly [K in keyof T]: (input: never) => Promise<unknown> };

/** A contract's methods, as the other side's caller uses them. */
export interface Caller<T extends Methods<T>> {
  call<M extends keyof T & string>(
    method: M,
    params: Parameters<T[M]>[0],
    options?: CallOptions,
  ): Promise<Awaited<ReturnType<T[M]>>>;
}

export type Answer = (method: string, params: unknown, trace?: string) => Promise<unknown>;

export interface RpcPeer {
  /**
   * Asks the other side. Throws NxsError: the code and sentence of the other side; TEMPORAL_UNREACHABLE when it has gone or
   * does not answer in time; CANCELLED when `signal` aborts.
   */
  call(method: string, params: unknown, options?: CallOptions): Promise<unknown>;
  hear(message: RpcMessage): void;
  /** The other side is gone, for good. */
  gone(): void;
}

export interface RpcOptions {
  readonly send: (message: RpcMessage) => void;
  readonly answer: Answer;
  /** Who is at the other end, in messages: `the worker`. */
  readonly peer: string;
}

const PATIENCE_MS = 10_000;

interface Waiting {
  resolve(value: unknown): void;
  reject(error: NxsError): void;
}

export function rpcPeer({ send, answer, peer }: RpcOptions): RpcPeer {
  const waiting = new Map<number, Waiting>();
  let lost = false;
  let last = 0;

  const reply = async ({
    id,
    method,
    params,
    trace,
  }: Extract<RpcMessage, { type: 'call' }>): Promise<void> => {
    try {
      const value = await answer(method, params, trace);
      send({ type: 'reply', id, ok: true, value: value ?? null });
    } catch (error) {
      send({ type: 'reply', id, ok: false, error: { code: errorCode(error), message: errorMessage(error) } });
    }
  };

  return {
    call(method, params, { timeoutMs = PATIENCE_MS, signal, trace } = {}) {
      if (lost) return Promise.reject(isGone(peer));
      if (signal?.aborted === true) return Promise.reject(cancelled(method));
      const id = (last += 1);
      return new Promise((resolve, reject) => {
        const end = () => {
          waiting.delete(id);
          clearTimeout(timer);
          signal?.removeEventListener('abort', abort);
        };
        const fail = (error: NxsError) => {
          end();
          reject(error);
        };
        const abort = () => fail(cancelled(method));
        // A longer wait would overflow Node's timers and fire at once.
        const timer = setTimeout(
          () => fail(tooLate(peer, method, timeoutMs)),
          Math.min(timeoutMs, 2 ** 31 - 1),
        );
        signal?.addEventListener('abort', abort, { once: true });
        waiting.set(id, {
          resolve(value) {
            end();
            resolve(value);
          },
          reject: fail,
        });
        send({ type: 'call', id, method, params, ...(trace === undefined ? {} : { trace }) });
      });
    },
    hear(message) {
      if (message.type === 'call') {
        void reply(message);
        return;
      }
      const one = waiting.get(message.id);
      if (message.ok) one?.resolve(message.value);
      else one?.reject(new NxsError(codeOf(message.error.code), message.error.message));
    },
    gone() {
      lost = true;
      for (const one of [...waiting.values()]) one.reject(isGone(peer));
    },
  };
}

/** Answers with the methods of a contract. Throws NxsError USAGE for another one. */
export function answerWith<T extends Methods<T>>(methods: T): Answer {
  const table = new Map<string, (input: never) => Promise<unknown>>(Object.entries(methods));
  return async (method, params) => {
    const found = table.get(method);
    if (found === undefined) throw new NxsError('USAGE', `There is no call "${method}".`);
    return found(params as never);
  };
}

function codeOf(code: string): ErrorCode {
  return Object.hasOwn(ERRORS, code) ? (code as ErrorCode) : 'ACTIVITY_FAILED';
}

function isGone(peer: string): NxsError {
  return new NxsError('TEMPORAL_UNREACHABLE', `${peer} has gone; its work goes on when it is back.`);
}

function tooLate(peer: string, method: string, timeoutMs: number): NxsError {
  return new NxsError('TEMPORAL_UNREACHABLE', `${peer} did not answer ${method} within ${timeoutMs} ms.`);
}

function cancelled(method: string): NxsError {
  return new NxsError('CANCELLED', `${method} is no longer waited for.`);
}
