// Stored bytes that rot or get lost under their id. Objects are the third-party emulator's; that one rots is done behind its
// back, and whether writing it again mends it rests on the scripted layer: GitHub does not say, so both are tried.
import { randomBytes } from 'node:crypto';
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { digests, fill, filesIn } from '../../support/e2e-place.js';
import { restore, runBackup, verify } from '../../support/e2e-plain.js';
import { blobId } from '../../support/github/client.js';
import { ghOf, githubLab, type GithubLab } from '../../support/github-place.js';
import { listenTo } from '../../support/github-told.js';

const TEXT = 'a text that is long enough to be cut\n'.repeat(20);
const BINARY = randomBytes(5_000);
const FILES = { 'text.md': TEXT, 'data.bin': BINARY, 'other.md': 'other\n' };

async function backedUp(): Promise<GithubLab> {
  const lab = await githubLab();
  await fill(lab.place.dataDir, FILES);
  expect((await runBackup(lab.config)).outcome).toBe('green');
  return lab;
}

async function expectRestorable(lab: GithubLab): Promise<void> {
  const to = join(lab.place.root, `back-${randomBytes(4).toString('hex')}`);
  await restore(lab.config, { to });
  expect(digests(await filesIn(to))).toEqual(digests(await filesIn(lab.place.dataDir)));
}

const damages = [
  ['rotten', 'text.md', TEXT, 'rot'],
  ['rotten', 'data.bin', BINARY, 'rot'],
  ['lost', 'text.md', TEXT, 'lose'],
  ['lost', 'data.bin', BINARY, 'lose'],
] as const;

describe.each(damages)('a %s %s', (_, path, bytes, how) => {
  it('is found by a full look, healed in place by the next run, and green then', async () => {
    const lab = await backedUp();
    const ear = listenTo(lab.config);
    const oid = blobId(bytes);
    lab.github.set({ rewriteHeals: true });
    lab.github[how](lab.repo, oid);
    const looked = await verify(lab.config, 'full');
    expect(looked.green).toBe(false);
    expect(looked.destinations[0]?.bad).toEqual([expect.stringMatching(`^${path}: (MISMATCH|UNREADABLE)`)]);
    const record = await runBackup(lab.config, { ports: ear.ports() });
    expect(ghOf(record)).toMatchObject({ state: 'proved', counts: { HEALED: 1, VERIFIED: 2 } });
    expect(lab.github.blob(lab.repo, oid).equals(Buffer.from(bytes))).toBe(true);
    expect(ear.kindsOf('backup/gh/damage')).toEqual(['raised']);
    expect(await verify(lab.config, 'full')).toMatchObject({ green: true });
    await expectRestorable(lab);
  });
});

describe.each(damages.slice(0, 2))('a %s %s that the server keeps as it is', (_, __, bytes, how) => {
  it('is stored another way: not green in that run, whole for a restore, never a false green', async () => {
    const lab = await backedUp();
    const oid = blobId(bytes);
    lab.github[how](lab.repo, oid);
    expect((await verify(lab.config, 'full')).green).toBe(false);
    const record = await runBackup(lab.config);
    const gh = ghOf(record);
    expect(gh.state).toBe('not_proved');
    expect(gh.note).toMatch(/stayed broken there and was stored again in other parts/);
    expect(lab.github.blob(lab.repo, oid).equals(Buffer.from(bytes))).toBe(false);
    await expectRestorable(lab);
    // A green from here on must be worth it: the bytes come back from what the head holds.
    for (let round = 0; round < 2; round += 1) {
      const next = await runBackup(lab.config);
      expect(next.outcome).toBe('green');
      expect((await verify(lab.config, 'full')).green).toBe(true);
      await expectRestorable(lab);
    }
    const parts = [...lab.github.files(lab.repo, lab.github.head(lab.repo, 'main') ?? '')].filter(([at]) =>
      at.startsWith(`.nxs/parts/${oid}/`),
    );
    expect(
      Buffer.concat(parts.map(([, part]) => part ?? Buffer.from('LOST'))).equals(Buffer.from(bytes)),
    ).toBe(true);
  });
});

describe('rot of what is ours', () => {
  it.each(['rot', 'lose'] as const)(
    '%s of the manifest is found, and the next run is green again',
    async (how) => {
      const lab = await backedUp();
      lab.github.set({ rewriteHeals: true });
      const head = lab.github.head(lab.repo, 'main') ?? '';
      const manifest = lab.github.files(lab.repo, head).get('.nxs/manifest.ndjson') ?? Buffer.alloc(0);
      lab.github[how](lab.repo, blobId(manifest));
      expect((await verify(lab.config, 'full')).green).toBe(false);
      await runBackup(lab.config);
      expect((await runBackup(lab.config)).outcome).toBe('green');
      expect((await verify(lab.config, 'full')).green).toBe(true);
      await expectRestorable(lab);
    },
  );

  it('of a file that was proved lately shows at the latest when all is read', async () => {
    const lab = await backedUp();
    lab.github.rot(lab.repo, blobId(TEXT));
    expect((await verify(lab.config, 'quick')).destinations[0]?.read.files).toBe(0);
    expect((await verify(lab.config, 'full')).green).toBe(false);
    expect((await verify(lab.config, 'quick')).green).toBe(false);
  });

  it('a lost file that is moved here, so that its object is wanted at another path, travels again', async () => {
    const lab = await backedUp();
    lab.github.lose(lab.repo, blobId(BINARY));
    await rename(join(lab.place.dataDir, 'data.bin'), join(lab.place.dataDir, 'moved.bin'));
    const record = await runBackup(lab.config);
    // What it lists and does not have is reason to read all of it again.
    expect(ghOf(record)).toMatchObject({
      state: 'proved',
      read: { files: 3 },
      counts: { HEALED: 3 },
    });
    expect(ghOf(record).note).toMatch(/does not have the object .* Everything was sent again/);
    expect(lab.github.blob(lab.repo, blobId(BINARY)).equals(BINARY)).toBe(true);
    await expectRestorable(lab);
  });
});
