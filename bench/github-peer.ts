// Started by the bench, bundled (subjects/github-peer.ts): the GitHub of the tests in a process of its own, so that what it
// holds and computes is not counted as ours; the soak starts it too. First line: the address of its switches; `GET /` there names the API.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGithub } from '../test/support/github-peer.js';
import type { Chaos } from '../test/support/github/chaos.js';

const github = await startGithub({ unlimited: true });

const fullName = (name: string) => `octocat/${name}`;

/** Path -> base64 of what lies there, read past every layer; null: the object is lost. */
function stored(name: string, commit: string): Readonly<Record<string, string | null>> {
  const files = github.files(fullName(name), commit);
  return Object.fromEntries([...files].map(([file, bytes]) => [file, bytes?.toString('base64') ?? null]));
}

/** Method and first part of the path -> what it does with the parts behind it; what it returns is the answer. */
const SWITCHES: Readonly<Record<string, (name: string, more: string) => unknown>> = {
  'GET ': () => ({ url: github.url, token: github.token }),
  // Requests by route since they were asked for last.
  'GET counts': () => {
    const counts = github.counts();
    github.resetCounts();
    return counts;
  },
  'PUT repo': (name) => github.createRepo({ name }),
  'DELETE repo': (name) => github.deleteRepo(`octocat/${name}`),
  'PUT latency': (ms) => github.set({ latencyMs: Number(ms) }),
  'PUT archives': (name) => github.set({ tarball: name === 'on' }),
  'GET stored': stored,
  'GET head': (name) => github.head(fullName(name), 'main'),
  'PUT rot': (name, oid) => github.rot(fullName(name), oid),
  'PUT lose': (name, oid) => github.lose(fullName(name), oid),
  // Faults by chance, as JSON; `null` ends them.
  'PUT chaos': (chaos) => github.chaos(JSON.parse(decodeURIComponent(chaos)) as Chaos | null),
};

const server = createServer((request, response) => {
  const [, part = '', name = '', more = ''] = (request.url ?? '/').split('/');
  const act = new Promise((resolve) => resolve(SWITCHES[`${request.method ?? ''} ${part}`]?.(name, more)));
  const json = { 'content-type': 'application/json' };
  act.then(
    (answer) => response.writeHead(200, json).end(JSON.stringify(answer ?? null)),
    (error: unknown) => response.writeHead(400, json).end(JSON.stringify(String(error))),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// It ends with whoever started it.
process.stdin.resume().once('end', () => process.exit(0));
