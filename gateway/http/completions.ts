// POST /v1/chat/completions, /v1/completions, /v1/embeddings: read, understand, choose the lane, answer.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { RequestKind } from '../../domain/failover/request.js';
import { errorBody } from '../../domain/openai/error-body.js';
import { eventsOf } from '../call/as-stream.js';
import { startCall } from '../call/engine.js';
import { tracedContext, type Tracing } from '../call/traced.js';
import type { CallContext } from '../call/types.js';
import type { Desk } from '../desk.js';
import type { DurableLane } from '../durable-lane.js';
import { readBody, understand, type ClientRequest, type Refusal } from './read-request.js';
import { httpSink, sendError } from './sink.js';

export interface Lanes {
  readonly context: CallContext;
  readonly durable: DurableLane | null;
  /** Lane of a request that does not name one (nxs.yaml, gateway.lane). */
  readonly lane: 'direct' | 'durable';
  readonly tracing: Tracing | null;
}

export const PATHS = {
  chat: '/chat/completions',
  completions: '/completions',
  embeddings: '/embeddings',
} as const satisfies Record<RequestKind, string>;

/** Answers one request. Rejects only for a bug of ours. */
export async function complete(
  lanes: Lanes,
  kind: RequestKind,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const raw = await readBody(request).catch(() => null);
  if (raw === null) return;
  if (!Buffer.isBuffer(raw)) {
    response.setHeader('connection', 'close');
    refuse(response, raw);
    return;
  }
  const { desk } = lanes.context;
  const asked = understand(kind, raw, request.headers, (name) => whyUnusable(desk, name));
  if ('code' in asked) {
    refuse(response, asked);
    return;
  }
  const durable = asked.durable ?? lanes.lane === 'durable';
  if (durable && lanes.durable !== null) await answerDurably(lanes, lanes.durable, kind, asked, response);
  else answerDirectly(lanes, kind, asked, response);
}

function answerDirectly(
  { context, tracing }: Lanes,
  kind: RequestKind,
  asked: ClientRequest,
  response: ServerResponse,
): void {
  const { facts, body, wantsUsage } = asked;
  const input = { facts, body, wantsUsage, path: PATHS[kind], deadline: deadlineOf(context, asked) };
  const call = startCall(tracedContext(context, tracing), input, httpSink(response));
  response.on('drain', () => call.resume());
  response.on('close', () => call.abort());
}

async function answerDurably(
  { context }: Lanes,
  durable: DurableLane,
  kind: RequestKind,
  asked: ClientRequest,
  response: ServerResponse,
): Promise<void> {
  const began = performance.now();
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  const { facts, body, key } = asked;
  const call = {
    key,
    facts,
    path: PATHS[kind],
    body,
    deadline: deadlineOf(context, asked),
    hedgeAfter: context.desk.roster.failover.hedgeAfter,
  };
  const end = await durable.complete(call, gone.signal);
  const result = end.status === 200 ? 'answered' : 'error';
  context.watch.call('durable', gone.signal.aborted ? 'aborted' : result, performance.now() - began);
  if (gone.signal.aborted) return;
  if (end.workflowId !== null) response.setHeader('x-nxs-workflow-id', end.workflowId);
  if (end.status !== 200) {
    const { status, json, attempts, provider, retryAfter } = end;
    sendError(response, { status, json, attempts, provider, retryAfter }, 'durable');
    return;
  }
  response.setHeader('x-nxs-lane', 'durable');
  response.setHeader('x-nxs-attempts', end.attempts);
  if (end.provider !== null) response.setHeader('x-nxs-provider', end.provider);
  if (facts.stream) {
    response.setHeader('content-type', 'text/event-stream; charset=utf-8');
    response.setHeader('cache-control', 'no-cache');
    for (const event of eventsOf(end.json, asked.wantsUsage)) response.write(`${event}\n\n`);
    response.end();
    return;
  }
  const text = JSON.stringify(end.json);
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(text));
  response.end(text);
}

/** The first of global_timeout and the client's own limit; they never add up. */
function deadlineOf({ desk, now }: CallContext, { timeout }: ClientRequest): number {
  const most = desk.roster.failover.globalTimeout;
  return now() + Math.min(most, timeout ?? most);
}

function refuse(response: ServerResponse, { status, code, message }: Refusal): void {
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.end(`${JSON.stringify(errorBody(status, code, message))}\n`);
}

/** null: it may be called. */
function whyUnusable({ record, roster }: Desk, name: string): string | null {
  if (record(name) !== undefined) return null;
  const unset = roster.unusable.find(({ rules }) => rules.name === name)?.unset;
  if (unset !== undefined) return `it is not configured, because ${unset.join(' and ')} has no value.`;
  const names = roster.usable.map(({ rules }) => rules.name).join(', ');
  return `there is no such provider; known: ${names || 'none'}.`;
}
