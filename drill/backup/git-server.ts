// A process that stands for GitHub in a drill: real git behind GitHub's address scheme, let in by a token that can be revoked at any
// moment. Arguments: PORT, bare repository, file that holds the one token that counts now (empty: none does).
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { answer, REPOSITORY, type Answer } from './github-objects.js';

const BELOW = `/repos/${REPOSITORY}`;

async function reply(request: IncomingMessage, repository: string, tokens: string): Promise<Answer> {
  const token = (await readFile(tokens, 'utf8').catch(() => '')).trim();
  const said = (request.headers.authorization ?? '').replace(/^(token|bearer) /i, '');
  if (token === '' || said !== token) return { status: 401, body: { message: 'Bad credentials' } };
  const path = decodeURIComponent((request.url ?? '').replace(/\?.*$/, ''));
  const about = { full_name: REPOSITORY, archived: false, private: true, permissions: { push: true } };
  if (request.method === 'GET' && path === BELOW) return { status: 200, body: about };
  if (!path.startsWith(`${BELOW}/`)) return { status: 404, body: { message: 'Not Found' } };
  const body = await bodyOf(request);
  return answer(repository, { method: request.method ?? '', path: path.slice(BELOW.length), body });
}

async function bodyOf(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

function send(response: ServerResponse, { status, body }: Answer): void {
  const isBytes = Buffer.isBuffer(body);
  const type = isBytes ? 'application/vnd.github.raw' : 'application/json; charset=utf-8';
  const bytes = isBytes ? body : Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    'content-type': type,
    'content-length': bytes.length,
    'x-oauth-scopes': 'repo',
  });
  response.end(bytes);
}

const [port = '', repository = '', tokens = ''] = process.argv.slice(2);
createServer((request, response) => {
  reply(request, repository, tokens).then(
    (said) => send(response, said),
    (error: unknown) => send(response, { status: 500, body: { message: String(error) } }),
  );
}).listen(Number(port), '127.0.0.1');
