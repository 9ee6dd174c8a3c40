// Archives of the peer: what a verification by archive will be told.
import { gunzipSync } from 'node:zlib';
import { extract } from 'tar-stream';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGithub, type GithubPeer } from './github-peer.js';
import { blobId } from './github/client.js';

let github: GithubPeer;
let repo: string;
let headers: Record<string, string>;
let count = 0;

beforeAll(async () => {
  github = await startGithub();
  headers = { authorization: `Bearer ${github.token}` };
});
afterAll(() => github.close());
beforeEach(async () => {
  github.calm();
  count += 1;
  repo = await github.createRepo({ name: `store-${count}`, withReadme: true });
  github.resetCounts();
});

describe('archives', () => {
  it('hold the bytes of every file, behind a redirect', async () => {
    const binary = Buffer.from([0, 255, 10, 13, 10, 128]);
    const commit = await github.commitForeign(repo, 'main', {
      'dir/bin': binary,
      [`${'long/'.repeat(40)}x`]: 'x',
    });
    const { files, root, comment } = await tarball('main');
    expect(root).toBe(`${repo.replace('/', '-')}-${commit.slice(0, 7)}`);
    expect(comment).toBe(commit);
    expect(files.get('dir/bin')?.equals(binary)).toBe(true);
    expect([...files.keys()]).toEqual(expect.arrayContaining(['README.md', `${'long/'.repeat(40)}x`]));
    expect(github.counts()).toMatchObject({
      'GET /repos/{owner}/{repo}/tarball/{ref}': 1,
      'GET /_codeload/{owner}/{repo}/legacy.tar.gz/{ref}': 1,
    });
  });

  it('obey .gitattributes: files are left out or changed', async () => {
    await github.commitForeign(repo, 'main', {
      '.gitattributes': 'secret/ export-ignore\n*.skip export-ignore\n*.txt text eol=crlf\nv export-subst\n',
      'a.skip': 'left out',
      'b.txt': 'one\ntwo\n',
      v: 'at $Format:%H$',
    });
    const { files, comment } = await tarball('main');
    expect(files.has('a.skip')).toBe(false);
    expect(files.get('b.txt')?.toString()).toBe('one\r\ntwo\r\n');
    expect(files.get('v')?.toString()).toBe(`at ${comment}`);
  });

  it('hold a rotten blob as it is stored, and break off where one is lost', async () => {
    await github.commitForeign(repo, 'main', { a: 'whole' });
    github.rot(repo, blobId('whole'));
    expect((await tarball('main')).files.get('a')?.toString()).not.toBe('whole');
    github.lose(repo, blobId('whole'));
    await expect(tarball('main')).rejects.toThrow();
  });

  it('can be switched off', async () => {
    github.set({ tarball: false });
    const answer = await fetch(`${github.url}/repos/${repo}/tarball/main`, { headers });
    expect(answer.status).toBe(404);
  });
});

async function tarball(ref: string) {
  const answer = await fetch(`${github.url}/repos/${repo}/tarball/${ref}`, { headers });
  const tar = gunzipSync(Buffer.from(await answer.arrayBuffer()));
  const files = new Map<string, Buffer>();
  const unpack = extract();
  unpack.end(tar);
  let root = '';
  for await (const entry of unpack) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk as Buffer);
    const [first = '', ...rest] = entry.header.name.split('/');
    root = first;
    if (entry.header.type === 'file') files.set(rest.join('/'), Buffer.concat(chunks));
  }
  return { files, root, comment: /52 comment=([0-9a-f]{40})/.exec(tar.subarray(512, 600).toString())?.[1] };
}
