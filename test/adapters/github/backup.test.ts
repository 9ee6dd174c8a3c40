// Whole runs against the third-party GitHub of the tests, through the product's own steps.
import { randomBytes } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  configOf,
  digests,
  fill,
  filesIn,
  makePlace,
  destinations,
  removePlace,
} from '../../support/e2e-place.js';
import { freshPorts, restore, runBackup, verify } from '../../support/e2e-plain.js';
import { ghOf, githubLab, githubLine } from '../../support/github-place.js';

/** 1,000 texts of 4 KB and 10 files of random bytes. */
function corpus(): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let index = 0; index < 1_000; index += 1) {
    const line = `${index} ${randomBytes(24).toString('hex')}\n`;
    files.set(`memory/${index % 10}/${index}.md`, Buffer.from(line.repeat(80)));
  }
  for (let index = 0; index < 10; index += 1) files.set(`blobs/${index}.bin`, randomBytes(100_000));
  return files;
}

describe('a backup to GitHub', () => {
  it('of 1,010 files is one commit and at most 20 requests, proved by reading every byte back', async () => {
    const lab = await githubLab();
    const files = corpus();
    await fill(lab.place.dataDir, files);
    const ports = freshPorts(lab.config);
    const record = await runBackup(lab.config, { ports });
    const { requests, routes } = lab.counted();
    expect(record.outcome).toBe('green');
    expect(ghOf(record)).toMatchObject({
      state: 'proved',
      uploaded: 1_010,
      read: { files: 1_010 },
      counts: { VERIFIED: 1_010 },
      checks: {
        exists: { checked: 1_010, failed: 0 },
        hash: { checked: 1_010, failed: 0 },
        size: { failed: 0 },
      },
    });
    expect(requests, JSON.stringify(routes)).toBeLessThanOrEqual(20);
    expect(routes['POST /repos/{owner}/{repo}/git/commits']).toBe(1);

    const again = await runBackup(lab.config, { ports });
    expect(ghOf(again)).toMatchObject({ state: 'proved', unchanged: true, read: { files: 0 } });
    const second = lab.counted();
    expect(second.requests + second.proving, JSON.stringify(second.routes)).toBeLessThanOrEqual(3);

    await writeFile(join(lab.place.dataDir, 'memory/0/0.md'), 'changed\n');
    expect((await runBackup(lab.config, { ports })).outcome).toBe('green');
    const third = lab.counted();
    expect(third.requests + third.proving, JSON.stringify(third.routes)).toBeLessThanOrEqual(7);
  });

  it('comes back byte for byte on a machine with the token alone', async () => {
    const lab = await githubLab();
    const files = {
      'MEMORY.md': '# x\n',
      'empty.md': '',
      'a/b/c.bin': randomBytes(70_000),
      'a/ü ß.md': 'ä\n',
    };
    await fill(lab.place.dataDir, files);
    expect((await runBackup(lab.config)).outcome).toBe('green');
    const other = await makePlace(() => destinations(githubLine(lab.github.url, lab.github.token)));
    try {
      const restored = await restore(await configOf(other));
      expect(restored.restored).toBe(4);
      expect(digests(await filesIn(other.dataDir))).toEqual(digests(await filesIn(lab.place.dataDir)));
    } finally {
      await removePlace(other);
    }
  });

  it('removes what is gone here, and takes a directory where a file was', async () => {
    const lab = await githubLab();
    await fill(lab.place.dataDir, { one: '1', two: '2', three: '3', four: '4', five: '5' });
    await runBackup(lab.config);
    await rm(join(lab.place.dataDir, 'one'));
    await rm(join(lab.place.dataDir, 'two'));
    await fill(lab.place.dataDir, { 'two/deep': '2', six: '6' });
    const record = await runBackup(lab.config);
    expect(record.summary).toContain('5 verified');
    const result = await verify(lab.config, 'full');
    expect(result.green).toBe(true);
  });

  it('leaves what lies outside of its prefix as it is', async () => {
    const lab = await githubLab({ keys: 'prefix: nodes/home' });
    await lab.github.commitForeign(lab.repo, 'main', { 'README.md': '# mine\n', 'nodes/cloud/x': 'theirs' });
    await fill(lab.place.dataDir, { 'MEMORY.md': '# x\n' });
    expect((await runBackup(lab.config)).outcome).toBe('green');
    await writeFile(join(lab.place.dataDir, 'MEMORY.md'), '# y\n');
    expect((await runBackup(lab.config)).outcome).toBe('green');
    const head = lab.github.head(lab.repo, 'main') ?? '';
    const names = await treeOf(lab.github.url, lab.github.token, head);
    expect(names).toEqual(
      expect.arrayContaining([
        'README.md',
        'nodes/cloud/x',
        'nodes/home/MEMORY.md',
        'nodes/home/.nxs/manifest.ndjson',
      ]),
    );
  });

  it('of a repository that holds other files is refused, and changes nothing', async () => {
    const lab = await githubLab();
    const before = await lab.github.commitForeign(lab.repo, 'main', { 'README.md': '# mine\n' });
    await fill(lab.place.dataDir, { 'MEMORY.md': '# x\n' });
    const record = await runBackup(lab.config);
    expect(ghOf(record)).toMatchObject({ state: 'failed' });
    expect(ghOf(record).note).toContain('1 files that no nxs backup wrote');
    expect(lab.github.head(lab.repo, 'main')).toBe(before);
  });

  it('holds secrets back from it, says where, and is not green', async () => {
    const lab = await githubLab();
    const secret = ['ghp', 'A1b2C3d4E5f6G7h8I9j0K1l2M3n4O5p6Q7r8'].join('_');
    await fill(lab.place.dataDir, {
      'MEMORY.md': '# x\n',
      'notes.md': `first\nthe key is ${secret}\n`,
      '.env': 'A=1\n',
    });
    const record = await runBackup(lab.config);
    expect(ghOf(record).counts).toEqual({ VERIFIED: 1, REFUSED: 2 });
    expect(record.outcome).toBe('not_green');
    const head = lab.github.head(lab.repo, 'main') ?? '';
    expect(await treeOf(lab.github.url, lab.github.token, head)).not.toContain('notes.md');
    for (const oid of lab.github.blobIds(lab.repo)) {
      expect(lab.github.blob(lab.repo, oid).toString()).not.toContain(secret);
    }
  });
});

async function treeOf(url: string, token: string, commit: string): Promise<string[]> {
  const reply = await fetch(`${url}/repos/octocat/backup/git/trees/${commit}?recursive=1`, {
    headers: { authorization: `token ${token}` },
  });
  const { tree } = (await reply.json()) as { tree: { path: string; type: string }[] };
  return tree.filter(({ type }) => type === 'blob').map(({ path }) => path);
}
