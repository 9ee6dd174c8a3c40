// An LLM server of a drill: speaks enough of OpenAI's protocol, names itself in its answers, and fails as it is told to over
// `PUT /control`. To be refused it is killed. `node llm.js PORT NAME`.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { sealed } from './seal.js';
import { FAULTS, RETRY_AFTER, type LlmFault, type LlmState } from './llm-fault.js';

const PACE_MS = 2;
const SLOW_MS = 250;
const WORDS = 8;

const [, , portText, name = 'stand-in'] = process.argv;
let fault: LlmFault = 'none';
let chats = 0;

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  answer(request, response).catch(() => response.destroy());
});
server.listen(Number(portText), '127.0.0.1');

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request);
  const path = (request.url ?? '').split('?')[0];
  if (path === '/control') {
    if (request.method === 'PUT') fault = FAULTS.find((each) => each === body) ?? fault;
    const state: LlmState = { fault, chats };
    sendJson(response, 200, state);
  } else if (path === '/v1/models') {
    sendJson(response, 200, { object: 'list', data: [{ id: name, object: 'model', owned_by: 'drill' }] });
  } else if (path === '/v1/chat/completions' && request.method === 'POST') {
    chats += 1;
    const asked = JSON.parse(body) as Asked;
    await chat(asked.stream === true, wordsFor(asked.messages ?? []), response);
  } else sendError(response, 404, 'there is no such path');
}

interface Asked {
  readonly stream?: boolean;
  readonly messages?: readonly Message[];
}

interface Message {
  readonly role?: unknown;
  readonly content?: unknown;
}

async function chat(stream: boolean, words: readonly string[], response: ServerResponse): Promise<void> {
  switch (fault) {
    case 'error':
      sendError(response, 500, 'the drill wants it so');
      return;
    case 'rate-limited':
      response.setHeader('retry-after', String(RETRY_AFTER));
      sendError(response, 429, 'too many requests');
      return;
    case 'hang':
      return;
    case 'slow':
      if (!stream) await sleep(SLOW_MS * words.length);
      await (stream ? sendStream(response, words, true, SLOW_MS) : sendWhole(response, words));
      return;
    case 'none':
      await (stream ? sendStream(response, words, true) : sendWhole(response, words));
      return;
    case 'cut-before-content':
    case 'cut-after-content':
      if (stream) await sendStream(response, words.slice(0, fault === 'cut-before-content' ? 0 : 3), false);
      else {
        const whole = wholeAnswer(words);
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': whole.length });
        response.write(whole.slice(0, whole.length / 2));
      }
      await sleep(PACE_MS);
      response.destroy();
  }
}

async function sendStream(
  response: ServerResponse,
  words: readonly string[],
  whole: boolean,
  pace = PACE_MS,
): Promise<void> {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.flushHeaders();
  for (const word of words) {
    response.write(eventOf({ content: word }, null));
    await sleep(pace);
  }
  if (!whole) return;
  response.write(eventOf({}, 'stop'));
  response.end('data: [DONE]\n\n');
}

function sendWhole(response: ServerResponse, words: readonly string[]): Promise<void> {
  response.setHeader('content-type', 'application/json').end(wholeAnswer(words));
  return Promise.resolve();
}

function wholeAnswer(words: readonly string[]): string {
  const choice = { index: 0, message: { role: 'assistant', content: words.join('') }, finish_reason: 'stop' };
  return JSON.stringify({ ...head('chat.completion'), choices: [choice], usage: usage() });
}

function eventOf(delta: object, finish: string | null): string {
  const choice = { index: 0, delta, finish_reason: finish };
  return `data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices: [choice] })}\n\n`;
}

function head(object: string): object {
  return { id: `drill-${chats}`, object, created: Math.floor(Date.now() / 1000), model: name };
}

function usage(): object {
  return { prompt_tokens: 1, completion_tokens: WORDS, total_tokens: WORDS + 1 };
}

/** Name and numbers; sealed when the prompt asks for it, and only the rest of an answer that somebody else began. */
function wordsFor(messages: readonly Message[]): readonly string[] {
  const words = Array.from({ length: WORDS }, (_, index) => (index === 0 ? name : ` word${index}`));
  const said = (role: string) => messages.find((message) => message.role === role)?.content;
  const [prompt, begun = ''] = [said('user'), said('assistant')];
  return typeof prompt === 'string' && typeof begun === 'string'
    ? sealed(words, prompt, chats, begun)
    : words;
}

function sendJson(response: ServerResponse, status: number, json: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(json));
}

function sendError(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, { error: { message, type: 'drill', code: null } });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
