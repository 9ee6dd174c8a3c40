import { chmodSync, cpSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  type Files,
  type Lab,
  backup,
  expected,
  git,
  healed,
  lab,
  noise,
  readBack,
  seeded,
} from './fixtures.js';
import type { StagedRead } from '../../../adapters/git/stage.js';

const FILES: Files = {
  'MEMORY.md': 'memory\n'.repeat(400),
  'memory/a.md': 'a',
  'memory/deep/b.bin': noise(9000, 2),
  'config/empty': '',
  'config/big': noise(40_000, 3),
};

function packFile(at: Lab, ending: string): string {
  const names = readdirSync(path.join(at.store, 'objects/pack')).filter((name) => name.endsWith(ending));
  return path.join(at.store, 'objects/pack', names[0] ?? '');
}

function flip(file: string, offset: number): void {
  const bytes = readFileSync(file);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x10;
  chmodSync(file, 0o600);
  writeFileSync(file, bytes);
}

/** Ids of files that do not read back as they should. */
async function wrong(at: Lab, staged: readonly StagedRead[]): Promise<string[]> {
  const found = await readBack(at.destination, staged);
  return staged.filter((file) => found.get(file.path) !== file.sha256).map((file) => file.oid);
}

async function listable(at: Lab): Promise<boolean> {
  try {
    const head = await at.destination.head();
    return head !== null && (await at.destination.list(head.commit)).length === Object.keys(FILES).length + 1;
  } catch {
    return false;
  }
}

describe('a flipped byte', () => {
  it('anywhere in the pack is harmless or found, and healed', { timeout: 120_000 }, async () => {
    const at = await lab();
    const { stage, staged } = await backup(at, FILES);
    const random = seeded(20261123);
    const pristine = `${at.store}.pristine`;
    cpSync(at.store, pristine, { recursive: true });
    let found = 0;
    for (let round = 0; round < 20; round += 1) {
      rmSync(at.store, { recursive: true });
      cpSync(pristine, at.store, { recursive: true });
      const pack = packFile(at, '.pack');
      const size = readFileSync(pack).length;
      const offset = round === 0 ? 5 : round === 1 ? size - 3 : Math.floor(random() * size);
      flip(pack, offset);
      const broken = await wrong(at, staged);
      if (broken.length === 0 && (await listable(at))) continue;
      found += 1;
      const said = await healed(at.destination, broken, stage);
      const label = `offset ${String(offset)} of ${String(size)}: ${said}`;
      expect(await readBack(at.destination, staged), label).toEqual(expected(staged));
      expect(await listable(at), label).toBe(true);
      expect(git(at.store, 'fsck', '--full', '--no-dangling'), label).toBe('');
    }
    expect(found).toBeGreaterThan(10);
    expect((await backup(at, { ...FILES, more: 'after' }, 'next')).published.uploaded).toBe(1);
  });

  it('anywhere in the index is harmless or found, and healed', { timeout: 120_000 }, async () => {
    const at = await lab();
    const { stage, staged } = await backup(at, FILES);
    const random = seeded(7);
    const pristine = `${at.store}.pristine`;
    cpSync(at.store, pristine, { recursive: true });
    for (let round = 0; round < 10; round += 1) {
      rmSync(at.store, { recursive: true });
      cpSync(pristine, at.store, { recursive: true });
      const index = packFile(at, '.idx');
      const offset = 1000 + Math.floor(random() * (readFileSync(index).length - 1000));
      flip(index, offset);
      const broken = await wrong(at, staged);
      if (broken.length === 0 && (await listable(at))) continue;
      const said = await healed(at.destination, broken, stage);
      const label = `offset ${String(offset)}: ${said}`;
      expect(await readBack(at.destination, staged), label).toEqual(expected(staged));
      expect(await listable(at), label).toBe(true);
    }
  });
});

describe('a damaged store', () => {
  it('with a truncated pack gets its files and its own objects back', async () => {
    const at = await lab();
    const { stage, staged } = await backup(at, FILES);
    truncateSync(packFile(at, '.pack'), 3000);
    const broken = await wrong(at, staged);
    expect(broken.length).toBeGreaterThan(0);
    await healed(at.destination, broken, stage);
    expect(await readBack(at.destination, staged)).toEqual(expected(staged));
    expect(git(at.store, 'fsck', '--full', '--no-dangling')).toBe('');
  });

  it('without its index gets a new one', async () => {
    const at = await lab();
    const { stage, staged } = await backup(at, FILES);
    rmSync(packFile(at, '.idx'));
    const said = await healed(
      at.destination,
      staged.map((file) => file.oid),
      stage,
    );
    expect(said).toContain('index');
    expect(await readBack(at.destination, staged)).toEqual(expected(staged));
    expect(await listable(at)).toBe(true);
  });

  it('with broken and with deleted loose objects gets them back', async () => {
    const at = await lab();
    const { stage, staged } = await backup(at, FILES);
    const pack = packFile(at, '.pack');
    const bytes = readFileSync(pack);
    for (const name of readdirSync(path.dirname(pack))) rmSync(path.join(path.dirname(pack), name));
    const { execFileSync } = await import('node:child_process');
    execFileSync('git', ['unpack-objects', '-q'], {
      input: bytes,
      env: { PATH: process.env['PATH'], GIT_DIR: at.store },
    });
    const [one, two] = staged.filter((file) => file.size > 5000).map((file) => loose(at, file.oid));
    flip(one ?? '', 60);
    rmSync(two ?? '');
    const broken = await wrong(at, staged);
    expect(broken).toHaveLength(2);
    await healed(at.destination, broken, stage);
    expect(await readBack(at.destination, staged)).toEqual(expected(staged));
    expect(git(at.store, 'fsck', '--full', '--no-dangling')).toBe('');
  });

  it('keeps a pack aside, and says so, when an older backup is lost with it', async () => {
    const at = await lab();
    const old = await backup(at, { only: noise(20_000, 9), stays: noise(5000, 10) }, 'old');
    const { stage, staged } = await backup(at, { stays: noise(5000, 10), fresh: 'new' }, 'new');
    const [lost] = old.staged;
    const packs = readdirSync(path.join(at.store, 'objects/pack')).filter((name) => name.endsWith('.pack'));
    for (const name of packs) {
      const file = path.join(at.store, 'objects/pack', name);
      if (readFileSync(file).length > 20_000) flip(file, 10_000);
    }
    expect(await readBack(at.destination, old.staged)).not.toEqual(expected(old.staged));
    const said = await healed(at.destination, [lost?.oid ?? ''], stage);
    expect(said).toMatch(/1 object of older backups could not be saved/);
    expect(readdirSync(path.join(at.store, 'nxs/damaged')).some((name) => name.endsWith('.pack'))).toBe(true);
    expect(await readBack(at.destination, staged)).toEqual(expected(staged));
    expect((await readBack(at.destination, old.staged)).get('stays')).toBe(old.staged[1]?.sha256);
    expect(await at.destination.revisions(5)).toHaveLength(2);
  });

  it('beyond healing is set aside whole, and a new one takes its place', async () => {
    const at = await lab();
    await backup(at, FILES);
    const aside = await at.destination.setAside('2026-11-23T10:00:00Z');
    expect(aside).toBe(`${at.store}.damaged-2026-11-23T10-00-00Z`);
    expect(git(aside, 'rev-parse', 'HEAD')).toMatch(/^[0-9a-f]{40}\n$/);
    expect(await at.destination.head()).toBeNull();
    expect((await backup(at, FILES, 'again')).published.uploaded).toBeGreaterThan(0);
  });
});

function loose(at: Lab, oid: string): string {
  return path.join(at.store, 'objects', oid.slice(0, 2), oid.slice(2));
}
