import type { TemporalTarget } from '../adapters/temporal/target.js';

// What supervisor and worker say to each other over Node's IPC channel. A message that is not one of these
// (another version of us, a stray library) is dropped, never half understood.

/** A question of either side, and its answer. Methods are named by those who ask (workers/failover/calls.ts). */
export type RpcMessage =
  | {
      readonly type: 'call';
      readonly id: number;
      readonly method: string;
      readonly params: unknown;
      /** W3C traceparent, when the caller is traced. */
      readonly trace?: string;
    }
  | { readonly type: 'reply'; readonly id: number; readonly ok: true; readonly value: unknown }
  | {
      readonly type: 'reply';
      readonly id: number;
      readonly ok: false;
      readonly error: { readonly code: string; readonly message: string };
    };

/** From the supervisor to the worker. */
export type ToWorker =
  | RpcMessage
  /** First message: take the config (`handover`: the one in force, from config/handover.ts; null: load it) and get ready to connect. */
  | { readonly type: 'start'; readonly configDir: string | null; readonly handover: unknown }
  /** Where Temporal is; sent only when our own server has said that it serves there. */
  | { readonly type: 'target'; readonly target: TemporalTarget }
  /** Answered by `state` with the same id. */
  | { readonly type: 'ask'; readonly id: number }
  /** Drain and exit. */
  | { readonly type: 'stop' };

/** What the worker knows of itself. */
export interface WorkerState {
  readonly polling: boolean;
  /** Temporal answered just now. */
  readonly temporal: boolean;
  /** False: lately a payload came that no key of ours opens; `detail` says which key. */
  readonly readable: boolean;
  /** One line when something is amiss. */
  readonly detail: string | null;
}

/** From the worker to the supervisor. */
export type FromWorker =
  | RpcMessage
  /** The worker polls its task queue. */
  | { readonly type: 'ready' }
  | ({ readonly type: 'state'; readonly id: number } & WorkerState)
  /** A line for the person who started us (the first run's results). */
  | { readonly type: 'line'; readonly text: string }
  /** Why the worker is about to exit; `permanent` when another start cannot help. */
  | { readonly type: 'failed'; readonly message: string; readonly code: string; readonly permanent: boolean };

export function parseToWorker(value: unknown): ToWorker | null {
  const message = record(value);
  if (message === null) return null;
  if (message['type'] === 'start') return value as ToWorker;
  if (message['type'] === 'target') return record(message['target']) === null ? null : (value as ToWorker);
  if (message['type'] === 'ask') return typeof message['id'] === 'number' ? (value as ToWorker) : null;
  if (message['type'] === 'stop') return { type: 'stop' };
  return parseRpc(message);
}

export function parseFromWorker(value: unknown): FromWorker | null {
  const message = record(value);
  switch (message?.['type']) {
    case 'ready':
      return { type: 'ready' };
    case 'line':
      return typeof message['text'] === 'string' ? (value as FromWorker) : null;
    case 'failed':
      return typeof message['message'] === 'string' ? (value as FromWorker) : null;
    case 'state':
      return typeof message['id'] === 'number' &&
        typeof message['polling'] === 'boolean' &&
        typeof message['temporal'] === 'boolean' &&
        typeof message['readable'] === 'boolean'
        ? (value as FromWorker)
        : null;
    default:
      return message === null ? null : parseRpc(message);
  }
}

function parseRpc(message: Record<string, unknown>): RpcMessage | null {
  if (typeof message['id'] !== 'number') return null;
  if (message['type'] === 'call') return typeof message['method'] === 'string' ? (message as never) : null;
  if (message['type'] !== 'reply') return null;
  if (message['ok'] === true) return message as never;
  const error = record(message['error']);
  const whole = typeof error?.['code'] === 'string' && typeof error['message'] === 'string';
  return message['ok'] === false && whole ? (message as never) : null;
}

function record(value: unknown): Record<string, unknown> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}
