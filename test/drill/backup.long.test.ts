// Faults at what was backed up, made and looked at for real, and a product that lies; Temporal's program comes from support/temporal-e2e.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { flipStored, removeFrom } from '../../drill/backup/damage.js';
import { REPOSITORY } from '../../drill/backup/github-objects.js';
import { fileIn, git } from '../../drill/backup/plain-git.js';
import { tokenRevoked } from '../../drill/backup/reach.js';
import { restored } from '../../drill/backup/restore.js';
import { askServer, openSetting, startServer, type BackupSetting } from '../../drill/backup/setting.js';
import { tampered } from '../../drill/backup/stored.js';
import { openKit, type OpenKit } from '../../drill/kit.js';
import type { Plane } from '../../drill/scenario.js';
import { ensureBuilt } from '../support/e2e-cli.js';

let kit: OpenKit | null = null;

beforeAll(ensureBuilt, 120_000);
afterEach(() => kit?.close());

async function opened(program = process.execPath): Promise<OpenKit> {
  kit = await openKit({ name: 'backup', program });
  return kit;
}

it('stored bytes that changed come back, and a token that was revoked is told', async () => {
  const setting = await openSetting(await opened(inject('temporalCli')));
  for (const scenario of [tampered, tokenRevoked]) {
    expect(await scenario.steady(setting)).toBeNull();
    const finding = await scenario.play(setting);
    expect(finding, finding.detail).toMatchObject({ verdict: 'PASS', injected: false });
    const { fault = 0, detected, verified } = finding.times ?? {};
    expect(detected).toBeGreaterThanOrEqual(fault);
    expect(verified).toBeGreaterThan(detected ?? 0);
  }
  expect(await tampered.steady(setting)).toBeNull();
}, 150_000);

it('a restore that says done and brings nothing back fails', async () => {
  const { dir } = await opened();
  const dataDir = join(dir, 'data');
  await mkdir(join(dataDir, 'memory'), { recursive: true });
  await writeFile(join(dataDir, 'MEMORY.md'), 'all that matters\n');
  await writeFile(join(dataDir, 'memory/a.md'), 'a\n');
  const nxs = async () => ({ code: 0, json: { restored: 2 }, err: '' });
  const plane = { dataDir, nxs, journal: async () => [] } as unknown as Plane;
  const finding = await restored.play({ plane, kit } as unknown as BackupSetting);
  expect(finding).toMatchObject({ verdict: 'FAIL' });
  expect(finding.detail).toMatch(/not as they were: MEMORY.md, memory\/a.md/);
});

describe('faults', () => {
  async function repository(): Promise<string> {
    const dir = join((await opened()).dir, 'one.git');
    await git(dir, ['init', '-q', '--bare', '-b', 'main']);
    const oid = await git(dir, ['hash-object', '-w', '--stdin'], { input: 'some bytes\n'.repeat(50) });
    const tree = await git(dir, ['mktree'], { input: `100644 blob ${oid}\tx\n100644 blob ${oid}\ty\n` });
    await git(dir, ['update-ref', 'refs/heads/main', await git(dir, ['commit-tree', tree, '-m', 'one'])]);
    return dir;
  }

  it('a flipped bit is seen by git, loose and packed', async () => {
    const dir = await repository();
    expect(await fileIn(dir, 'x')).toHaveLength(550);
    await git(dir, ['repack', '-adq']);
    expect(await flipStored(dir, 'x')).toBe(1);
    expect((await fileIn(dir, 'x'))?.toString() ?? null).not.toBe('some bytes\n'.repeat(50));
  });

  it('a file that somebody removed is gone from the branch alone', async () => {
    const dir = await repository();
    await removeFrom(dir, 'x');
    expect(await fileIn(dir, 'x')).toBeNull();
    expect(await fileIn(dir, 'y')).toHaveLength(550);
    expect(await fileIn(dir, 'x', 'main~1')).toHaveLength(550);
  });
});

describe('the stand-in of the server', () => {
  it('asks for the token each time, and forgets it when it is revoked', async () => {
    const server = await startServer(await opened());
    expect(await askServer(server)).toBe(200);
    expect(await askServer({ ...server, token: 'wrong' })).toBe(401);
    await writeFile(server.tokens, '');
    expect(await askServer(server)).toBe(401);
    await writeFile(server.tokens, server.token);
    expect(await askServer(server)).toBe(200);
  });

  it('keeps what the product sends in a repository that git reads, and lets no history be set back', async () => {
    const { dir, ...server } = await startServer(await opened());
    const call = async (method: string, path: string, body?: object) => {
      const headers = { authorization: `token ${server.token}` };
      const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
      return fetch(`${server.url}/repos/${REPOSITORY}${path}`, init);
    };
    const before = await git(dir, ['rev-parse', 'main']);
    const { sha } = (await (
      await call('POST', '/git/blobs', { content: 'Ynl0ZXM=', encoding: 'base64' })
    ).json()) as { sha: string };
    const entries = [
      { path: 'deep/file', mode: '100644', type: 'blob', sha },
      { path: 'text', mode: '100644', type: 'blob', content: 'words' },
    ];
    const tree = (await (await call('POST', '/git/trees', { tree: entries })).json()) as { sha: string };
    const who = { name: 'n', email: 'n@nxs.local', date: '2026-11-23T10:00:00Z' };
    const words = { message: 'two', tree: tree.sha, parents: [before], author: who, committer: who };
    const commit = (await (await call('POST', '/git/commits', words)).json()) as { sha: string };
    expect((await call('PATCH', '/git/refs/heads%2Fmain', { sha: commit.sha, force: false })).status).toBe(
      200,
    );
    expect((await fileIn(dir, 'deep/file'))?.toString()).toBe('bytes');
    expect((await fileIn(dir, 'text'))?.toString()).toBe('words');
    expect((await call('PATCH', '/git/refs/heads%2Fmain', { sha: before, force: false })).status).toBe(422);
    expect(await git(dir, ['rev-parse', 'main'])).toBe(commit.sha);
    expect((await call('GET', '/git/trees/nowhere?recursive=1')).status).toBe(404);
  });
});
