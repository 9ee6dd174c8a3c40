// The client's side of a call over HTTP. Headers go out with the first content, so that a failover before it stays unseen.
import type { ServerResponse } from 'node:http';
import type { Answered, CallError, CallSink } from '../call/types.js';

export function httpSink(response: ServerResponse): CallSink {
  return {
    open(answered) {
      response.statusCode = 200;
      response.setHeader('content-type', 'text/event-stream; charset=utf-8');
      response.setHeader('cache-control', 'no-cache');
      // nginx and its like would hold events back.
      response.setHeader('x-accel-buffering', 'no');
      name(response, answered);
    },
    event: (raw) => response.write(`${raw}\n\n`),
    end: () => void response.end(),
    fail(json) {
      response.end(`data: ${JSON.stringify(json)}\n\n`);
    },
    answer(status, body, answered) {
      response.statusCode = status;
      response.setHeader('content-type', 'application/json');
      response.setHeader('content-length', Buffer.byteLength(body));
      name(response, answered);
      response.end(body);
    },
    error: (error) => sendError(response, error, 'direct'),
  };
}

/** An OpenAI-shaped error with our labels. `Retry-After` in whole seconds, rounded up (RFC 9110). */
export function sendError(response: ServerResponse, error: CallError, lane: 'direct' | 'durable'): void {
  const { status, json, attempts, provider, retryAfter } = error;
  response.statusCode = status;
  response.setHeader('content-type', 'application/json');
  response.setHeader('x-nxs-attempts', attempts);
  response.setHeader('x-nxs-lane', lane);
  if (provider !== null) response.setHeader('x-nxs-provider', provider);
  if (retryAfter !== null) response.setHeader('retry-after', Math.ceil(retryAfter / 1000));
  response.end(`${JSON.stringify(json)}\n`);
}

function name(response: ServerResponse, { provider, attempts }: Answered): void {
  response.setHeader('x-nxs-provider', provider);
  response.setHeader('x-nxs-attempts', attempts);
  response.setHeader('x-nxs-lane', 'direct');
}
