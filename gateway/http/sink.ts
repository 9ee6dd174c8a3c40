// The client's side of a call over HTTP. Headers go out with the first content, so that a failover before it stays unseen.
import type { ServerResponse } from 'node:http';
import type { Answered, CallError, CallSink } from '../call/types.js';

export function httpSink(response: ServerResponse): CallSink {
  // Events of one network read leave in one write: a write costs more than all else that is done to an event. Only the
  // first one goes ahead alone.
  let pending = '';
  let flows = true;
  let first = true;
  const flush = (): void => {
    if (pending === '') return;
    const text = pending;
    pending = '';
    flows = response.write(text);
  };
  response.on('drain', () => {
    flows = true;
  });
  return {
    open(answered) {
      response.statusCode = 200;
      response.setHeader('content-type', 'text/event-stream; charset=utf-8');
      response.setHeader('cache-control', 'no-cache');
      // nginx and its like would hold events back.
      response.setHeader('x-accel-buffering', 'no');
      name(response, answered);
    },
    event(raw) {
      if (pending === '') queueMicrotask(flush);
      pending += `${raw}\n\n`;
      if (first) {
        // Somebody waits for this one: it leaves before what came with it is understood.
        first = false;
        flush();
        response.socket?.uncork();
      }
      return flows;
    },
    end() {
      const text = pending;
      pending = '';
      response.end(text);
    },
    fail(json) {
      const text = `${pending}data: ${JSON.stringify(json)}\n\n`;
      pending = '';
      response.end(text);
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
