// Started by the bench, bundled (subjects/github-peer.ts): the GitHub of the tests in a process of its own, so that what it
// holds and computes is not counted as ours. First line: the address of its switches; `GET /` there names the API.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startGithub } from '../test/support/github-peer.js';

const github = await startGithub({ unlimited: true });

/** Method and first part of the path -> what it does; what it returns is the answer. */
const SWITCHES: Readonly<Record<string, (name: string) => unknown>> = {
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
};

const server = createServer((request, response) => {
  const [, part = '', name = ''] = (request.url ?? '/').split('/');
  void Promise.resolve(SWITCHES[`${request.method ?? ''} ${part}`]?.(name)).then((answer) =>
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(answer ?? null)),
  );
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`);
});
// It ends with whoever started it.
process.stdin.resume().once('end', () => process.exit(0));
