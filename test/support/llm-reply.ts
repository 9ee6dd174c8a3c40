// What a stand-in provider does with one request. Plain node:http underneath, and the socket where a fault needs it:
// nothing between the test and the bytes.
import type { ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { chatChunk, chatCompletion, sse, usageChunk } from './llm-answer.js';

export type Reply =
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'error';
      readonly status: number;
      readonly headers?: Readonly<Record<string, string>>;
      readonly message: string;
      readonly code: string | null;
    }
  /** The connection breaks before any byte of the answer. */
  | { readonly kind: 'reset' }
  /** Not one byte, ever. */
  | { readonly kind: 'silent' }
  /** Headers at once, the first token after so many ms. */
  | { readonly kind: 'slow'; readonly first: number }
  /** Ends after so many tokens without a finish: by a proper end of the body, or by a broken connection. */
  | { readonly kind: 'cut'; readonly after: number; readonly how: 'ended' | 'broken' }
  /** Silent for so many ms after so many tokens, then closed. */
  | { readonly kind: 'stall'; readonly after: number; readonly pause: number }
  /** This event (from 0) is not JSON; the rest is fine. */
  | { readonly kind: 'garbled'; readonly at: number }
  /** Complete but for `[DONE]`; the connection ends, or stays open. */
  | { readonly kind: 'no_done'; readonly open: boolean };

export interface ReplyContext {
  readonly model: string;
  readonly stream: boolean;
  readonly tokens: readonly string[];
  /** ms between tokens. */
  readonly pace: number;
  /** The caller has gone. */
  readonly gone: AbortSignal;
}

/** Plays one reply to its end; ends early when the caller has gone. */
export async function play(reply: Reply, response: ServerResponse, context: ReplyContext): Promise<void> {
  if (reply.kind === 'silent') return;
  if (reply.kind === 'reset') {
    response.socket?.resetAndDestroy();
    return;
  }
  if (reply.kind === 'error') {
    const { status, headers, message, code } = reply;
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify({ error: { message, type: 'stand_in', param: null, code } }));
    return;
  }
  await (context.stream ? playStream(reply, response, context) : playPlain(reply, response, context));
}

type Played = Exclude<Reply, { readonly kind: 'silent' | 'reset' | 'error' }>;

async function playStream(reply: Played, response: ServerResponse, context: ReplyContext): Promise<void> {
  const { model, tokens, gone } = context;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.flushHeaders();
  if (reply.kind === 'slow') await pause(reply.first, gone);
  if (isGone(gone)) return;
  response.write(sse(chatChunk(model, { role: 'assistant', content: '' })));
  for (const [index, token] of tokens.entries()) {
    if (isGone(gone)) return;
    if (reply.kind === 'cut' && index === reply.after) {
      end(reply.how, response);
      return;
    }
    if (reply.kind === 'stall' && index === reply.after) {
      await pause(reply.pause, gone);
      response.destroy();
      return;
    }
    const event = sse(chatChunk(model, { content: token }));
    const broken = reply.kind === 'garbled' && index === reply.at;
    response.write(broken ? `${event.slice(0, event.length / 2)}\n\n` : event);
    await pause(context.pace, gone);
  }
  response.write(sse(chatChunk(model, {}, 'stop')));
  response.write(sse(usageChunk(model, tokens.length)));
  if (reply.kind !== 'no_done') response.write('data: [DONE]\n\n');
  if (reply.kind !== 'no_done' || !reply.open) response.end();
}

/** A document has no tokens to stop after: the same share of its bytes stands for them. */
async function playPlain(reply: Played, response: ServerResponse, context: ReplyContext): Promise<void> {
  const { model, tokens, gone } = context;
  const whole = JSON.stringify(chatCompletion(model, tokens));
  response.writeHead(200, { 'content-type': 'application/json' });
  response.flushHeaders();
  if (reply.kind === 'slow') await pause(reply.first, gone);
  if (isGone(gone)) return;
  switch (reply.kind) {
    case 'cut':
      response.write(whole.slice(0, whole.length / 2));
      await pause(10, gone);
      end(reply.how, response);
      return;
    case 'stall':
      response.write(whole.slice(0, whole.length / 2));
      await pause(reply.pause, gone);
      response.destroy();
      return;
    case 'garbled':
      response.end(whole.replace('"choices":', '"choices"'));
      return;
    default:
      response.end(whole);
  }
}

function end(how: 'ended' | 'broken', response: ServerResponse): void {
  if (how === 'ended') response.end();
  else response.destroy();
}

async function pause(ms: number, gone: AbortSignal): Promise<void> {
  if (ms > 0) await sleep(ms, null, { signal: gone }).catch(() => undefined);
}

// A function, since it changes while we wait.
function isGone(gone: AbortSignal): boolean {
  return gone.aborted;
}
