// A provider under the test's control: it counts what it is asked, and misbehaves by a script.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { TOKENS } from './llm-answer.js';
import { play, type Reply } from './llm-reply.js';

/** What this attempt gets: its number from 0, and the ms since the script began. */
export type Script = (attempt: number, elapsed: number) => Reply;

/** What the model does when it is given the beginning of an answer: goes on, starts over, or will not take it. */
export type Continuation = 'continue' | 'restart' | 'refuse' | 'refuse, then restart';

export interface Attempt {
  /** performance.now() of its arrival. */
  readonly at: number;
  readonly stream: boolean;
  /** The last message was the assistant's. */
  readonly prefilled: boolean;
}

export interface Upstream {
  /** Base URL with its /v1. */
  readonly url: string;
  readonly model: string;
  /** POSTs so far; GETs are counted apart. */
  attempts(): readonly Attempt[] | Promise<readonly Attempt[]>;
  close(): Promise<void>;
}

export interface ScriptedUpstream extends Upstream {
  readonly attempts: () => readonly Attempt[];
  /** A new script, its clock at 0; what was counted stays. */
  play(script: Script): void;
  /** Connections that are open now. */
  connections(): number;
  /** The port refuses from now on, until `resume`. */
  stop(): Promise<void>;
  /** Listens on the same port again. */
  resume(): Promise<void>;
}

export interface UpstreamOptions {
  readonly model: string;
  readonly script?: Script;
  readonly continuation?: Continuation;
  /** Tokens of the answer. */
  readonly tokens?: readonly string[];
  /** ms between tokens. */
  readonly pace?: number;
  /** ms that an idle connection is kept. */
  readonly keepAlive?: number;
}

interface Body {
  readonly stream?: boolean;
  readonly messages?: readonly { readonly role: string; readonly content: unknown }[];
}

const WELL: Reply = { kind: 'answer' };
/** A connection that never carried a request ends like an idle one. */
const times = (keepAlive: number) => ({
  keepAliveTimeout: keepAlive,
  headersTimeout: keepAlive,
  connectionsCheckingInterval: 1000,
});
const NO_PREFILL: Reply = {
  kind: 'error',
  status: 400,
  message:
    'This model does not support assistant message prefill: the conversation must end with a user message.',
  code: 'invalid_request_error',
};

/** Listens on a free port of loopback. */
export async function openUpstream(options: UpstreamOptions): Promise<ScriptedUpstream> {
  const { model, continuation = 'continue', tokens = TOKENS, pace = 2, keepAlive = 60_000 } = options;
  const attempts: Attempt[] = [];
  let script = options.script ?? (() => WELL);
  let scripted = { from: 0, at: performance.now() };

  async function post(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = performance.now();
    const body = JSON.parse(await text(request)) as Body;
    const messages = body.messages ?? [];
    const prefilled = messages.at(-1)?.role === 'assistant';
    const number = attempts.push({ at, stream: body.stream === true, prefilled }) - 1;
    const given = messages.findLast(({ role }) => role === 'assistant')?.content;
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const rest = remaining(tokens, typeof given === 'string' ? given : '', continuation);
    const reply =
      prefilled && continuation.startsWith('refuse')
        ? NO_PREFILL
        : script(number - scripted.from, at - scripted.at);
    await play(reply, response, {
      model,
      stream: body.stream === true,
      tokens: rest,
      pace,
      gone: gone.signal,
    });
  }

  const server = createServer(times(keepAlive), (request, response) => {
    response.on('error', () => undefined);
    if (request.method !== 'POST') {
      const list = {
        object: 'list',
        data: [{ id: model, object: 'model', created: 0, owned_by: 'stand-in' }],
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(list));
      return;
    }
    void post(request, response).catch(() => response.destroy());
  });
  let open = 0;
  server.on('connection', (socket) => {
    open += 1;
    socket.once('close', () => (open -= 1));
  });
  const listen = (port: number) =>
    new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        server.off('error', reject);
        resolve();
      });
    });
  await listen(0);
  const { port } = server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return {
    url: `http://127.0.0.1:${port}/v1`,
    model,
    attempts: () => attempts,
    play(next) {
      script = next;
      scripted = { from: attempts.length, at: performance.now() };
    },
    connections: () => open,
    stop,
    resume: () => listen(port),
    close: stop,
  };
}

/** The tokens that are still to be said, for a model that goes on where `given` ends. */
function remaining(tokens: readonly string[], given: string, continuation: Continuation): readonly string[] {
  if (given === '' || continuation.endsWith('restart')) return tokens;
  if (!tokens.join('').startsWith(given)) return tokens;
  let said = '';
  const index = tokens.findIndex((token) => (said += token).length > given.length);
  if (index < 0) return [];
  return [said.slice(given.length), ...tokens.slice(index + 1)];
}

async function text(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
