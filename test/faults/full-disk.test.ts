import { join } from 'node:path';
import { mkdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../config/types.js';
import { gitFiles, gitListing, rootTree } from '../support/e2e-git.js';
import {
  configOf,
  destinations,
  digests,
  fill,
  filesIn,
  makePlace,
  removePlace,
  type Place,
} from '../support/e2e-place.js';
import { restore, runBackup, verify } from '../support/e2e-plain.js';
import { seeded } from '../support/e2e-random.js';
import { mountReadOnly, mountTmpfs, resizeTmpfs, unmount, WITHOUT_MOUNTS } from './support/mounts.js';

let place: Place;
let config: Config;
let mounted: string[];
const random = seeded(3);

beforeEach(async () => {
  mounted = [];
  place = await makePlace(({ root }) =>
    destinations(`{ name: local, type: git, path: "${root}/disk/backup.git" }`),
  );
  config = await configOf(place);
});
afterEach(async () => {
  for (const dir of mounted.reverse()) unmount(dir);
  await removePlace(place);
});

function mount(name: string, size: string): string {
  const dir = join(place.root, name);
  mountTmpfs(dir, size);
  mounted.push(dir);
  return dir;
}

function readOnly(dir: string): void {
  mountReadOnly(dir);
  mounted.push(dir);
}

const store = () => join(place.root, 'disk/backup.git');

describe.skipIf(WITHOUT_MOUNTS !== null)(
  `a full disk${WITHOUT_MOUNTS === null ? '' : ` (${WITHOUT_MOUNTS})`}`,
  () => {
    it('of the destination: not green and said, the old head stays, and the next run goes on', async () => {
      const disk = mount('disk', '4m');
      const small = new Map([['small', random.bytes(10_000)]]);
      await fill(place.dataDir, small);
      expect((await runBackup(config)).outcome).toBe('green');
      const tree = rootTree(store());
      const large = new Map([...small, ['large', random.bytes(9_000_000)] as const]);
      await fill(place.dataDir, large);
      const record = await runBackup(config);
      expect(record.outcome, record.summary).not.toBe('green');
      expect(record.summary).toMatch(/space|full|ENOSPC/i);
      expect(rootTree(store())).toBe(tree);
      expect(digests(gitFiles(store()) as Map<string, Buffer>)).toEqual(digests(small));
      resizeTmpfs(disk, '60m');
      const next = await runBackup(config);
      expect(next.outcome, next.summary).toBe('green');
      expect(digests(gitFiles(store()) as Map<string, Buffer>)).toEqual(digests(large));
    });

    it('of the destination at its very first backup: the next run starts clean', async () => {
      const disk = mount('disk', '1m');
      const files = new Map([['large', random.bytes(3_000_000)]]);
      await fill(place.dataDir, files);
      expect((await runBackup(config)).outcome).not.toBe('green');
      resizeTmpfs(disk, '60m');
      expect((await runBackup(config)).outcome).toBe('green');
      expect(digests(gitFiles(store()) as Map<string, Buffer>)).toEqual(digests(files));
    });

    it('of the state directory: never green without proof, the destination stays sound, the next run goes on', async () => {
      mkdirSync(join(place.root, 'disk'));
      const state = mount('state', '3m');
      const small = new Map([['small', random.bytes(10_000)]]);
      await fill(place.dataDir, small);
      expect((await runBackup(config)).outcome).toBe('green');
      const large = new Map([...small, ['large', random.bytes(9_000_000)] as const]);
      await fill(place.dataDir, large);
      const record = await runBackup(config).catch((error: unknown) => error as Error);
      if (record instanceof Error) expect(record.message).not.toBe('');
      else expect(record.outcome).not.toBe('green');
      expect(digests(gitFiles(store()) as Map<string, Buffer>)).toEqual(digests(small));
      resizeTmpfs(state, '60m');
      const next = await runBackup(config);
      expect(next.outcome, next.summary).toBe('green');
      expect(digests(gitFiles(store()) as Map<string, Buffer>)).toEqual(digests(large));
    });

    it('of the restore target: each file is whole or absent, and the restore completes with room', async () => {
      mkdirSync(join(place.root, 'disk'));
      const files = new Map(Array.from({ length: 12 }, (_, n) => [`f${n}`, random.bytes(500_000)]));
      await fill(place.dataDir, files);
      expect((await runBackup(config)).outcome).toBe('green');
      const target = mount('target', '3m');
      const result = await restore(config, { to: target }).catch((error: unknown) => error as Error);
      if (!(result instanceof Error)) expect(result.refused + result.unverified).toBeGreaterThan(0);
      else expect(result.message).toMatch(/space|full|ENOSPC/i);
      for (const [path, bytes] of await filesIn(target)) {
        if (!path.startsWith('.nxs-'))
          expect(bytes.equals(files.get(path) ?? Buffer.alloc(0)), path).toBe(true);
      }
      resizeTmpfs(target, '60m');
      expect(await restore(config, { to: target })).toMatchObject({ refused: 0, unverified: 0 });
      expect(digests(await filesIn(target))).toEqual(digests(files));
    });
  },
);

describe.skipIf(WITHOUT_MOUNTS !== null)(
  `no write permission${WITHOUT_MOUNTS === null ? '' : ` (${WITHOUT_MOUNTS})`}`,
  () => {
    it('in the destination: not green and said, still restorable, and well again by itself', async () => {
      mkdirSync(join(place.root, 'disk'));
      await fill(place.dataDir, { a: 'one' });
      expect((await runBackup(config)).outcome).toBe('green');
      readOnly(join(place.root, 'disk'));
      await fill(place.dataDir, { b: 'two' });
      const record = await runBackup(config);
      expect(record.outcome, record.summary).not.toBe('green');
      expect(record.summary).toMatch(/read-only|EROFS|written|writable/i);
      expect([...(gitListing(store()) ?? new Map()).keys()]).toEqual(['a']);
      const to = join(place.root, 'back');
      expect(await restore(config, { to })).toMatchObject({ restored: 1, refused: 0, unverified: 0 });
      expect((await verify(config)).green).toBe(true);
      unmount(mounted.pop() ?? '');
      expect((await runBackup(config)).outcome).toBe('green');
    });

    it('in the restore target: an error or files refused by name, nothing half written', async () => {
      mkdirSync(join(place.root, 'disk'));
      await fill(place.dataDir, { a: 'one', 'd/b': 'two' });
      expect((await runBackup(config)).outcome).toBe('green');
      const target = join(place.root, 'target');
      await fill(target, { a: 'old' });
      readOnly(target);
      const result = await restore(config, { to: target }).catch((error: unknown) => error as Error);
      if (result instanceof Error) expect(result.message).toContain(target);
      else expect(result.refused).toBe(2);
      expect(Object.keys(digests(await filesIn(target)))).toEqual(['a']);
    });

    it('on a data directory that is read-only: the backup does not mind', async () => {
      mkdirSync(join(place.root, 'disk'));
      await fill(place.dataDir, { a: 'one' });
      readOnly(place.dataDir);
      expect((await runBackup(config)).outcome).toBe('green');
    });
  },
);

describe.skipIf(WITHOUT_MOUNTS !== null)(
  `what root cannot read either${WITHOUT_MOUNTS === null ? '' : ` (${WITHOUT_MOUNTS})`}`,
  () => {
    it('a file on another file system inside the data directory is backed up like any other', async () => {
      mkdirSync(join(place.root, 'disk'));
      await fill(place.dataDir, { a: 'one' });
      const inner = join(place.dataDir, 'inner');
      mountTmpfs(inner, '1m');
      mounted.push(inner);
      await fill(inner, { b: 'two' });
      expect((await runBackup(config)).outcome).toBe('green');
      expect([...(gitListing(store()) ?? new Map()).keys()]).toEqual(['a', 'inner/b']);
    });
  },
);
