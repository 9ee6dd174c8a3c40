// The third-party parts around the GitHub peer: a judge that never finds anything, or a toxic that never strikes, would
// prove nothing.
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { startGithub, type GithubPeer } from './github-peer.js';
import { findPrism, startPrism } from './github-prism.js';
import { openToxicGithub, TOXICS } from './github-toxic.js';
import { blobId, clientOf, named, putBlob } from './github/client.js';
import { findPeers } from './llm-peers.js';
import type { Found } from './peer-process.js';

let github: GithubPeer;
let repo: string;

beforeAll(async () => {
  github = await startGithub();
  repo = await github.createRepo({ name: 'store', withReadme: true });
});
afterAll(() => github.close());

describe('GitHub’s own description as the judge', () => {
  it('lets good requests through untouched, and reports bad ones', async (context) => {
    const prism = await startPrism(pathOf(await findPrism(), context), github.url);
    try {
      const through = { url: prism.url, token: github.token };
      const bytes = Buffer.from([0, 255, 10]);
      const at = named(repo);
      expect(await putBlob(through, repo, bytes)).toBe(blobId(bytes));
      await clientOf(through).git.getRef({ ...at, ref: 'heads/main' });
      await clientOf(through).repos.getBranch({ ...at, branch: 'main' });
      const archive = await clientOf(through).repos.downloadTarballArchive({ ...at, ref: 'main' });
      expect((archive.data as ArrayBuffer).byteLength).toBeGreaterThan(100);
      expect(prism.violations()).toEqual([]);
      expect(prism.judged()).toBe(4);

      const post = (path: string, body: unknown) =>
        fetch(`${prism.url}/repos/${repo}${path}`, {
          method: 'POST',
          headers: { authorization: `Bearer ${github.token}`, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
      await post('/git/blobs', { content: 'x', encodng: 'utf-8' });
      await post('/git/trees', { tree: [{ path: 'a', mode: '100666', type: 'blob', content: 'a' }] });
      await post('/git/nonsense', {});
      expect(prism.violations()).toEqual([
        expect.stringMatching(/git\/blobs: .*additional properties.*encodng/),
        expect.stringMatching(/git\/trees: .*mode/),
        expect.stringMatching(/git\/nonsense: .*hasn't been found/),
      ]);
    } finally {
      await prism.close();
    }
  });
});

describe('toxiproxy in front of the peer', () => {
  it('resets, swallows, cuts and refuses connections', async (context) => {
    const proxy = await openToxicGithub(pathOf((await findPeers()).toxiproxy, context), github);
    const get = async (signal?: AbortSignal) => {
      const headers = { authorization: `Bearer ${github.token}` };
      const answer = await fetch(`${proxy.url}/repos/${repo}`, { headers, ...(signal ? { signal } : {}) });
      return (await answer.text()).length;
    };
    try {
      const whole = await get();
      expect(whole).toBeGreaterThan(1000);
      await proxy.infect(TOXICS.reset);
      await expect(get()).rejects.toThrow();
      await proxy.infect(TOXICS.cut(800));
      await expect(get()).rejects.toThrow();
      await proxy.infect(TOXICS.blackHole);
      await expect(get(AbortSignal.timeout(200))).rejects.toMatchObject({ name: 'TimeoutError' });
      await proxy.infect(TOXICS.slow(150));
      const began = performance.now();
      await get();
      expect(performance.now() - began).toBeGreaterThan(140);
      await proxy.infect(null);
      expect(await get()).toBe(whole);
      await proxy.listening(false);
      await expect(get()).rejects.toThrow();
    } finally {
      await proxy.close();
    }
  });
});

function pathOf(found: Found, context: TestContext): string {
  return 'path' in found ? found.path : context.skip(found.reason);
}
