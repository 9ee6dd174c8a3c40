// Started by the bench: a provider that answers at once, in a process of its own, so that what stands before it is measured
// and not the provider. `PUT /mode/<mode>` changes what it does to the next POSTs; `GET /count` tells how many came.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const WORDS = 20;
const [, , model = 'model'] = process.argv;
const HEAD = { id: 'chatcmpl-bench', created: 1_760_000_000, model };
const USAGE = { prompt_tokens: 12, completion_tokens: WORDS, total_tokens: 12 + WORDS };
const TEXT = 'word '.repeat(WORDS);

const DOCUMENT = Buffer.from(
  JSON.stringify({
    ...HEAD,
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: TEXT }, finish_reason: 'stop' }],
    usage: USAGE,
  }),
);
const EVENTS = Buffer.from(
  [
    chunk({ role: 'assistant', content: '' }, null),
    ...Array.from({ length: WORDS }, () => chunk({ content: 'word ' }, null)),
    chunk({}, 'stop'),
    `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices: [], usage: USAGE })}\n\n`,
    'data: [DONE]\n\n',
  ].join(''),
);
const FAILURE =
  '{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}';
const MODELS = JSON.stringify({ object: 'list', data: [{ id: model, object: 'model' }] });

let mode = 'fine';
let posts = 0;

const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
  if (request.method === 'POST') {
    posts += 1;
    take(request, (body) => answer(body, response));
    return;
  }
  if (request.method === 'PUT') mode = (request.url ?? '').split('/').at(-1) ?? '';
  const said = request.url === '/count' ? JSON.stringify({ posts }) : MODELS;
  response.writeHead(200, { 'content-type': 'application/json' }).end(said);
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// It ends with whoever started it.
process.stdin.resume().once('end', () => process.exit(0));

function answer(body: string, response: ServerResponse): void {
  if (mode === 'hang') return;
  if (mode === '500') {
    response.writeHead(500, { 'content-type': 'application/json' }).end(FAILURE);
    return;
  }
  // What a client asked for stands in its body; looking for it is cheaper than parsing it.
  const streamed = /"stream"\s*:\s*true/.test(body);
  const type = streamed ? 'text/event-stream' : 'application/json';
  const bytes = streamed ? EVENTS : DOCUMENT;
  response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes);
}

function take(request: IncomingMessage, then: (body: string) => void): void {
  let body = '';
  request.setEncoding('latin1');
  request.on('data', (part: string) => (body += part));
  request.once('end', () => then(body));
}

function chunk(delta: object, finish: string | null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return `data: ${JSON.stringify({ ...HEAD, object: 'chat.completion.chunk', choices })}\n\n`;
}
