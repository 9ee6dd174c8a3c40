// The peer is a program like any other: what later tests rest on is seen to happen here, with the client that the product
// uses.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGithub, type GithubPeer } from './github-peer.js';
import { blobId as oid, clientOf, named, putBlob } from './github/client.js';

const ALICE = { name: 'Alice', email: 'alice@example.com' };
const BRANCH = 'backups/node-1';

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

describe('the peer keeps what it is given', () => {
  it('under git’s own ids, and gives the same bytes back', async () => {
    const bytes = Buffer.from([0, 1, 2, 250, 10, 13, 65]);
    const sha = await put(bytes);
    expect(sha).toBe(oid(bytes));
    const { data } = await client().git.getBlob({ ...at, file_sha: sha });
    expect(Buffer.from(data.content, 'base64').equals(bytes)).toBe(true);
    expect(github.blobIds(repo)).toContain(sha);
  });

  it('one flipped stored byte leaves id and size as they were', async () => {
    const bytes = Buffer.from('text that will rot\n');
    const sha = await put(bytes);
    github.rot(repo, sha);
    const { data } = await client().git.getBlob({ ...at, file_sha: sha });
    const read = Buffer.from(data.content, 'base64');
    expect({ sha: data.sha, size: data.size, length: read.length }).toEqual({
      sha,
      size: bytes.length,
      length: bytes.length,
    });
    expect(oid(read)).not.toBe(sha);
    expect(read.filter((byte, index) => byte !== bytes[index])).toHaveLength(1);
  });

  it.each([false, true])('a rotten blob that is written again is whole: %s', async (rewriteHeals) => {
    const bytes = Buffer.from('again\n');
    const sha = await put(bytes);
    github.rot(repo, sha);
    github.set({ rewriteHeals });
    await put(bytes);
    expect(github.blob(repo, sha).equals(bytes)).toBe(rewriteHeals);
  });

  it('a lost blob is 404 while its tree still names it', async () => {
    const commit = await github.commitForeign(repo, 'main', { 'a.txt': 'a\n' });
    github.lose(repo, oid('a\n'));
    await expect(client().git.getBlob({ ...at, file_sha: oid('a\n') })).rejects.toMatchObject({
      status: 404,
    });
    const { data } = await client().git.getTree({ ...at, tree_sha: commit, recursive: '1' });
    expect(data.tree.map(({ path }) => path)).toContain('a.txt');
  });
});

describe('people', () => {
  it('commit on a branch under their own name, files added and removed', async () => {
    const first = await github.commitForeign(repo, BRANCH, { 'dir/a.txt': 'a\n', 'b.txt': 'b\n' }, ALICE);
    const second = await github.commitForeign(repo, BRANCH, { 'b.txt': null, 'c.txt': 'c\n' });
    const { data } = await client().repos.compareCommitsWithBasehead({
      ...at,
      basehead: `${first}...${BRANCH}`,
    });
    expect(data.commits.map(({ sha }) => sha)).toEqual([second]);
    const listed = await client().repos.listCommits({ ...at, sha: BRANCH });
    expect(listed.data.map(({ commit }) => commit.author?.name)).toEqual(['Some Body', 'Alice']);
    const tree = await client().git.getTree({ ...at, tree_sha: second, recursive: '1' });
    expect(tree.data.tree.map(({ path }) => path)).toEqual(['c.txt', 'dir', 'dir/a.txt']);
  });

  it('rewind a branch, and delete it', async () => {
    const first = await github.commitForeign(repo, BRANCH, { a: '1' });
    const second = await github.commitForeign(repo, BRANCH, { a: '2' });
    await github.rewind(repo, BRANCH, first);
    const { data } = await client().repos.compareCommitsWithBasehead({
      ...at,
      basehead: `${second}...${first}`,
    });
    expect(data.status).toBe('behind');
    github.deleteBranch(repo, BRANCH);
    await expect(client().repos.getBranch({ ...at, branch: BRANCH })).rejects.toMatchObject({ status: 404 });
    await expect(client().git.getRef({ ...at, ref: `heads/${BRANCH}` })).rejects.toMatchObject({
      status: 404,
    });
  });

  it('archive a repository: it can be read and not written', async () => {
    github.archive(repo);
    expect((await client().repos.get(at)).data.archived).toBe(true);
    await expect(put('x')).rejects.toMatchObject({ status: 403, message: /archived so is read-only/ });
  });

  it('rename it: the old name answers from the new one, and 301 says so', async () => {
    const id = (await client().repos.get(at)).data.id;
    github.rename(repo, `moved-${count}`);
    const { data } = await client().repos.get(at);
    expect(data).toMatchObject({ id, name: `moved-${count}` });
    const headers = { authorization: `Bearer ${github.token}` };
    const raw = await fetch(`${github.url}/repos/${repo}`, { headers, redirect: 'manual' });
    expect(raw.status).toBe(301);
    expect(raw.headers.get('location')).toBe(`${github.url}/repositories/${id}`);
    await expect(put('through the old name')).resolves.toBe(oid('through the old name'));
  });

  it('delete it, or make another one under its name', async () => {
    const { id } = (await client().repos.get(at)).data;
    await github.recreateRepo(repo);
    const { data } = await client().repos.get(at);
    expect(data.id).not.toBe(id);
    await github.deleteRepo(repo);
    await expect(client().repos.get(at)).rejects.toMatchObject({ status: 404 });
  });
});

describe('new repositories', () => {
  it('are made for the person, and for the organization that the person administers', async () => {
    const own = await client().repos.createForAuthenticatedUser({ name: `own-${count}`, private: true });
    expect(own.data).toMatchObject({ full_name: `octocat/own-${count}`, private: true });
    const shared = await client().repos.createInOrg({
      org: 'acme',
      name: `shared-${count}`,
      auto_init: true,
    });
    expect(shared.data.full_name).toBe(`acme/shared-${count}`);
    expect(github.head(`acme/shared-${count}`, 'main')).toMatch(/^[0-9a-f]{40}$/);
    repo = await github.createRepo({ owner: 'acme', name: `by-hand-${count}`, withReadme: true });
    await expect(put('x')).resolves.toBe(oid('x'));
    const foreign = client(github.tokens.stranger).repos.createInOrg({ org: 'acme', name: 'no' });
    await expect(foreign).rejects.toMatchObject({ status: 403 });
  });

  it('cannot have a name that is taken', async () => {
    const again = client().repos.createForAuthenticatedUser({ name: at.repo });
    await expect(again).rejects.toMatchObject({ status: 422 });
  });
});

describe('an empty repository', () => {
  beforeEach(async () => {
    repo = await github.createRepo({ name: `empty-${count}` });
    at = named(repo);
  });

  it('refuses the Git Data API with 409 until a Contents PUT made its first commit', async () => {
    const refusal = { status: 409, message: /Git Repository is empty/ };
    await expect(client().git.getRef({ ...at, ref: 'heads/main' })).rejects.toMatchObject(refusal);
    await expect(put('x')).rejects.toMatchObject(refusal);
    await expect(client().repos.getBranch({ ...at, branch: 'main' })).rejects.toMatchObject({ status: 404 });
    await client().repos.createOrUpdateFileContents({
      ...at,
      path: 'README.md',
      message: 'First',
      content: Buffer.from('hello\n').toString('base64'),
    });
    await expect(put('x')).resolves.toBe(oid('x'));
    expect((await client().repos.getBranch({ ...at, branch: 'main' })).data.commit.commit.tree.sha).toMatch(
      /^[0-9a-f]{40}$/,
    );
  });

  it('tells a token without rights that first', async () => {
    await expect(put('x', github.tokens.readOnly)).rejects.toMatchObject({ status: 403 });
  });
});

describe('who may do what', () => {
  it('a revoked token is 401 everywhere, for a public repository too', async () => {
    const own = await startGithub();
    const name = named(await own.createRepo({ name: 'open', private: false, withReadme: true }));
    const kit = clientOf(own);
    await kit.repos.get(name);
    own.revoke(own.token);
    await expect(kit.repos.get(name)).rejects.toMatchObject({ status: 401, message: /Bad credentials/ });
    await own.close();
  });

  it('a private repository is 404 for a stranger, a public one is not', async () => {
    const stranger = client(github.tokens.stranger);
    await expect(stranger.repos.get(at)).rejects.toMatchObject({ status: 404 });
    github.setPrivate(repo, false);
    expect((await stranger.repos.get(at)).data.visibility).toBe('public');
  });

  it('a read-only token reads and does not write', async () => {
    const kit = client(github.tokens.readOnly);
    expect((await kit.repos.get(at)).status).toBe(200);
    await expect(put('x', github.tokens.readOnly)).rejects.toMatchObject({
      status: 403,
      message: /not accessible by personal access token/,
    });
    expect(github.blobIds(repo)).not.toContain(oid('x'));
  });

  it('a token’s end is announced when there is one', async () => {
    expect((await client().repos.get(at)).headers).not.toHaveProperty(
      'github-authentication-token-expiration',
    );
    github.set({ tokenExpires: '2026-12-01 00:00:00 UTC' });
    expect((await client().repos.get(at)).headers).toMatchObject({
      'github-authentication-token-expiration': '2026-12-01 00:00:00 UTC',
    });
  });
});

describe('counting', () => {
  it('is by route, with the time of each request', async () => {
    await put('a');
    await put('b');
    await client().git.getBlob({ ...at, file_sha: oid('a') });
    expect(github.counts()).toEqual({
      'POST /repos/{owner}/{repo}/git/blobs': 2,
      'GET /repos/{owner}/{repo}/git/blobs/{sha}': 1,
    });
    const times = github.requests().map((each) => each.at);
    expect(times).toEqual([...times].sort((one, other) => one - other));
    expect(github.requests().map((each) => each.status)).toEqual([201, 201, 200]);
  });
});

const client = (token?: string) => clientOf(github, token);
const put = (content: Buffer | string, token?: string) => putBlob(github, repo, content, token);
