// Each scripted behaviour of the peer really happens: a fault that never strikes would make every later test of it pass.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGithub, type GithubPeer } from './github-peer.js';
import { blobId, clientOf, named, putBlob } from './github/client.js';

const BLOBS = /^POST .*\/git\/blobs$/;
const LIMITED = /exceeded a secondary rate limit/;

let github: GithubPeer;
let repo: string;
let at: ReturnType<typeof named>;
let count = 0;

beforeAll(async () => {
  github = await startGithub();
});
afterAll(() => github.close());
beforeEach(async () => {
  github.calm();
  count += 1;
  repo = await github.createRepo({ name: `store-${count}`, withReadme: true });
  at = named(repo);
  github.resetCounts();
});

const client = () => clientOf(github);
const put = (content: Buffer | string) => putBlob(github, repo, content);

describe('planned faults', () => {
  it('a lost reply: the request is carried out, and nothing comes back', async () => {
    const fault = github.next({ kind: 'lost', match: BLOBS });
    await expect(put('lost')).rejects.toMatchObject({ status: 500 });
    expect(github.blobIds(repo)).toContain(blobId('lost'));
    expect(fault.fired()).toBe(1);
    await expect(put('next')).resolves.toBe(blobId('next'));
  });

  it('a reset: nothing was done', async () => {
    github.next({ kind: 'reset', match: BLOBS });
    await expect(put('reset')).rejects.toThrow();
    expect(github.blobIds(repo)).not.toContain(blobId('reset'));
  });

  it('only requests that match, so many of them, after so many others', async () => {
    const fault = github.next({ kind: 'status', status: 502, match: BLOBS, after: 1, times: 2 });
    await client().repos.get(at);
    const results = [];
    for (const content of ['1', '2', '3', '4'])
      results.push((await Promise.allSettled([put(content)]))[0].status);
    expect(results).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(github.requests().map(({ status }) => status)).toEqual([200, 201, 502, 502, 201]);
    expect(fault.fired()).toBe(2);
  });

  it('an error status with or without effect', async () => {
    github.next({ kind: 'status', match: BLOBS });
    await expect(put('without')).rejects.toMatchObject({ status: 500 });
    github.next({ kind: 'status', status: 503, match: BLOBS, effect: true });
    await expect(put('with')).rejects.toMatchObject({ status: 503 });
    expect(github.blobIds(repo)).toContain(blobId('with'));
    expect(github.blobIds(repo)).not.toContain(blobId('without'));
  });

  it('a cut reply announces more than comes', async () => {
    const oid = await put('x'.repeat(10_000));
    github.next({ kind: 'cut', match: /git\/blobs\/\{sha\}$/ });
    const answer = await fetch(`${github.url}/repos/${repo}/git/blobs/${oid}`, { headers: auth() });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });

  it('silence lasts until the caller gives up', async () => {
    github.next({ kind: 'silent' });
    const signal = AbortSignal.timeout(100);
    await expect(fetch(`${github.url}/user`, { signal })).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('another object id in a reply of 201, and of a reference', async () => {
    github.next({ kind: 'wrong-oid', match: BLOBS });
    const wrong = await put('named wrongly');
    expect(wrong).toMatch(/^[0-9a-f]{40}$/);
    expect(wrong).not.toBe(blobId('named wrongly'));
    github.next({ kind: 'wrong-oid', match: /git\/ref\// });
    const { data } = await client().git.getRef({ ...at, ref: 'heads/main' });
    expect(data.object.sha).not.toBe(github.head(repo, 'main'));
  });

  it('a garbled blob is whole the next time', async () => {
    const oid = await put('whole');
    const read = async () => {
      const { data } = await client().git.getBlob({ ...at, file_sha: oid });
      return Buffer.from(data.content, 'base64').toString();
    };
    github.next({ kind: 'garbled', match: /git\/blobs/ });
    expect(await read()).not.toBe('whole');
    expect(await read()).toBe('whole');
  });
});

describe('limits', () => {
  it.each([
    [{}, 403, undefined],
    [{ status: 429, retryAfter: 7 }, 429, '7'],
  ])('secondary, with or without retry-after: %j', async (how, status, after) => {
    github.next({ kind: 'secondary', match: BLOBS, ...how });
    const error = await put('x').catch((reason: unknown) => reason);
    expect(error).toMatchObject({ status, message: LIMITED });
    const { headers } = (error as { response: { headers: Record<string, string> } }).response;
    expect(headers['retry-after']).toBe(after);
    expect(github.blobIds(repo)).not.toContain(blobId('x'));
  });

  it('secondary when writes come too fast, never for reads', async () => {
    github.set({ pace: { writes: 2, windowMs: 60_000, retryAfter: 60 } });
    await put('1');
    await put('2');
    await expect(put('3')).rejects.toMatchObject({ status: 403, message: LIMITED });
    expect((await client().repos.get(at)).status).toBe(200);
  });

  it('primary: nothing until the reset, and the limit itself can be asked for', async () => {
    const resetAt = Math.floor(Date.now() / 1000) + 1000;
    github.set({ quota: { resetAt, after: 1 } });
    const served = await client().repos.get(at);
    expect(served.headers).toMatchObject({
      'x-ratelimit-remaining': '0',
      'x-ratelimit-reset': String(resetAt),
    });
    await expect(client().repos.get(at)).rejects.toMatchObject({
      status: 403,
      response: { headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetAt) } },
    });
    expect((await client().rateLimit.get()).data.resources.core).toMatchObject({
      remaining: 0,
      reset: resetAt,
    });
    github.set({ quota: { resetAt: Math.floor(Date.now() / 1000) - 1 } });
    expect((await client().repos.get(at)).status).toBe(200);
  });
});

describe('refusals', () => {
  it('push protection finds a secret in a blob, in a tree and in a file', async () => {
    github.set({ secretMarker: 'hush' });
    const refused = { status: 409, message: /Secret detected in content/ };
    await expect(put('a hush b')).rejects.toMatchObject(refused);
    const entry = { path: 'a', mode: '100644', type: 'blob', content: 'hush' } as const;
    await expect(client().git.createTree({ ...at, tree: [entry] })).rejects.toMatchObject(refused);
    const content = Buffer.from('hush').toString('base64');
    const file = { ...at, path: 'a', message: 'a', content };
    await expect(client().repos.createOrUpdateFileContents(file)).rejects.toMatchObject(refused);
    await expect(put('fine')).resolves.toBe(blobId('fine'));
  });

  it('a tree of too many entries, or with a .git in it', async () => {
    const entry = (path: string) => ({ path, mode: '100644', type: 'blob', content: path }) as const;
    const make = (...paths: string[]) => client().git.createTree({ ...at, tree: paths.map(entry) });
    github.set({ treeLimit: { entries: 2 } });
    await expect(make('a', 'b', 'c')).rejects.toMatchObject({ status: 422 });
    expect((await make('a', 'b')).status).toBe(201);
    github.set({ treeLimit: { bytes: 100 } });
    await expect(make('a'.repeat(100))).rejects.toMatchObject({ status: 422 });
    github.set({ treeLimit: null });
    await expect(make('x/.GIT/config')).rejects.toMatchObject({ status: 422, message: /malformed path/ });
  });

  it('a reference that is not there cannot be moved: 422', async () => {
    const sha = github.head(repo, 'main') ?? '';
    const move = client().git.updateRef({ ...at, ref: 'heads/none', sha });
    await expect(move).rejects.toMatchObject({ status: 422, message: /Reference does not exist/ });
  });
});

describe('reads', () => {
  it('a recursive tree ends early and says so, with 200', async () => {
    const commit = await github.commitForeign(repo, 'main', { a: '1', b: '2', c: '3' });
    const list = async () => (await client().git.getTree({ ...at, tree_sha: commit, recursive: '1' })).data;
    expect(await list()).toMatchObject({ truncated: false });
    github.set({ truncateTreesAt: 2 });
    const cut = await list();
    expect(cut.truncated).toBe(true);
    expect(cut.tree).toHaveLength(2);
  });

  it('by name see the old head for a while after a write, by id never', async () => {
    const old = github.head(repo, 'main')!;
    const { data: commit } = await client().git.getCommit({ ...at, commit_sha: old });
    const { data: next } = await client().git.createCommit({
      ...at,
      message: 'next',
      tree: commit.tree.sha,
      parents: [old],
    });
    github.set({ staleReads: 3 });
    await client().git.updateRef({ ...at, ref: 'heads/main', sha: next.sha });
    const seen = [
      (await client().repos.getBranch({ ...at, branch: 'main' })).data.commit.sha,
      (await client().git.getRef({ ...at, ref: 'heads/main' })).data.object.sha,
      (await client().repos.listCommits({ ...at, sha: 'main', per_page: 1 })).data[0]?.sha,
      (await client().git.getRef({ ...at, ref: 'heads/main' })).data.object.sha,
    ];
    expect(seen).toEqual([old, old, old, next.sha]);
    expect((await client().git.getCommit({ ...at, commit_sha: next.sha })).status).toBe(200);
  });

  it('a branch that was just made is not there yet', async () => {
    github.set({ staleReads: 1 });
    await client().git.createRef({ ...at, ref: 'refs/heads/new', sha: github.head(repo, 'main')! });
    await expect(client().git.getRef({ ...at, ref: 'heads/new' })).rejects.toMatchObject({ status: 404 });
    expect((await client().git.getRef({ ...at, ref: 'heads/new' })).status).toBe(200);
  });

  it('list a tree in git’s order, and times in whole seconds', async () => {
    const commit = await github.commitForeign(repo, 'main', { 'a/x': '', 'a.b': '', B: '', é: '', _: '' });
    const { data } = await client().git.getTree({ ...at, tree_sha: commit, recursive: '1' });
    expect(data.tree.map(({ path }) => path)).toEqual(['B', 'README.md', '_', 'a.b', 'a', 'a/x', 'é']);
    expect((await client().git.getCommit({ ...at, commit_sha: commit })).data.committer.date).toMatch(
      /:\d\dZ$/,
    );
  });

  it('contents above 1 MB come empty, blobs never', async () => {
    const large = 'x'.repeat(1024 * 1024 + 1);
    await github.commitForeign(repo, 'main', { large });
    const { data } = await client().repos.getContent({ ...at, path: 'large' });
    expect(data).toMatchObject({ content: '', encoding: 'none', size: large.length });
    const blob = await client().git.getBlob({ ...at, file_sha: blobId(large) });
    expect(Buffer.from(blob.data.content, 'base64').length).toBe(large.length);
  });

  it('raw blobs come byte for byte, under a charset', async () => {
    const bytes = Buffer.from([0, 254, 255, 10]);
    const oid = await put(bytes);
    const headers = { ...auth(), accept: 'application/vnd.github.raw+json' };
    const answer = await fetch(`${github.url}/repos/${repo}/git/blobs/${oid}`, { headers });
    expect(answer.headers.get('content-type')).toMatch(/raw; charset=utf-8/);
    expect(Buffer.from(await answer.arrayBuffer()).equals(bytes)).toBe(true);
  });

  it('take as long as they are told to', async () => {
    github.set({ latencyMs: 120 });
    const began = performance.now();
    await client().repos.get(at);
    expect(performance.now() - began).toBeGreaterThan(110);
  });
});

describe('chaos', () => {
  const run = async () => {
    github.chaos({ seed: 7, rate: 0.4, kinds: ['status', 'lost', 'cut', 'secondary'] });
    const before = github.struck().length;
    for (let round = 0; round < 30; round += 1) await put(String(round)).catch(() => null);
    github.chaos(null);
    return github.struck().slice(before);
  };

  it('is the same for the same seed, and of every kind', async () => {
    const first = await run();
    expect(await run()).toEqual(first);
    expect(new Set(first.map(({ kind }) => kind)).size).toBe(4);
    await expect(put('calm')).resolves.toBe(blobId('calm'));
  });
});

function auth(): Record<string, string> {
  return { authorization: `Bearer ${github.token}` };
}
