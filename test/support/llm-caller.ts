// The caller of a benchmark: it takes the bytes as they come and believes nothing. What it heard is judged afterwards.
import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

/** What came back, as bytes and times. */
export interface Raw {
  /** 0: nothing came. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The body's proper end, a broken connection, or the caller's patience ran out. */
  readonly ended: 'end' | 'cut' | 'hang';
  /** ms to the end. */
  readonly ms: number;
  /** ms to the first byte of the body; null: none came. */
  readonly firstMs: number | null;
}

export interface Call {
  /** Base URL, without /v1. */
  readonly url: string;
  readonly stream: boolean;
  /** ms after which the caller calls it a hang. */
  readonly patience: number;
  readonly model?: string;
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** More of the body. */
  readonly more?: Readonly<Record<string, unknown>>;
  readonly agent?: Agent;
}

/** One chat completion. Never throws: a refused connection is an answer cut before its status. */
export function callChat(call: Call): Promise<Raw> {
  const began = performance.now();
  const body = JSON.stringify({
    model: call.model ?? 'auto',
    messages: [{ role: 'user', content: call.prompt ?? 'Say the sixty words.' }],
    ...(call.stream ? { stream: true, stream_options: { include_usage: true } } : {}),
    ...call.more,
  });
  return new Promise((resolve) => {
    let status = 0;
    let headers: Record<string, string> = {};
    let text = '';
    let firstMs: number | null = null;
    const finish = (ended: Raw['ended']) => {
      clearTimeout(timer);
      resolve({ status, headers, body: text, ended, ms: performance.now() - began, firstMs });
      sent.destroy();
    };
    const sent = request(new URL('/v1/chat/completions', call.url), {
      method: 'POST',
      // A connection of its own: what is measured is the system under test, not this caller's pool.
      agent: call.agent ?? new Agent(),
      headers: {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        ...call.headers,
      },
    });
    const timer = setTimeout(() => finish('hang'), call.patience);
    sent.on('error', () => finish('cut'));
    sent.on('response', (response) => {
      status = response.statusCode ?? 0;
      headers = Object.fromEntries(
        Object.entries(response.headers).map(([name, value]) => [name, String(value)]),
      );
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => {
        firstMs ??= performance.now() - began;
        text += chunk;
      });
      response.on('error', () => finish('cut'));
      response.on('close', () => finish(response.complete ? 'end' : 'cut'));
    });
    sent.end(body);
  });
}
