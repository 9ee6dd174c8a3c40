import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { copyAside, listCopies } from '../../../adapters/temporal/database-copy.js';
import { restoreDatabase } from '../../../adapters/temporal/database-restore.js';
import {
  databasePath,
  databaseServed,
  oldestFor,
  prepareDatabase as prepare,
  writtenBy,
  type Convert,
} from '../../../adapters/temporal/database.js';
import { compareVersions } from '../../../adapters/temporal/engine-version.js';
import { mountTmpfs, unmount, WITHOUT_MOUNTS } from '../../faults/support/mounts.js';

describe('prepareDatabase', () => {
  it('makes an owner-only directory and leaves the file to the server', async () => {
    const state = await mkdtemp(join(tmpdir(), 'db-'));
    expect(await prepareDatabase(state, '1.9.1')).toBeNull();
    expect((await stat(join(state, 'temporal'))).mode & 0o777).toBe(0o700);
    expect(await readdir(join(state, 'temporal'))).toEqual([]);
  });

  it('does nothing to a file that the same version served from', async () => {
    const state = await served('1.9.1');
    expect(await prepareDatabase(state, '1.9.1')).toBeNull();
    expect((await readdir(join(state, 'temporal'))).sort()).toEqual(['temporal.db', 'version']);
    expect((await stat(databasePath(state))).mode & 0o777).toBe(0o600);
  });

  it('copies file and journal before a newer version opens them', async () => {
    const state = await served('1.9.1');
    await writeFile(`${databasePath(state)}-journal`, 'log');
    const note = await prepareDatabase(state, '1.10.0');
    const [copy] = await listCopies(databasePath(state));
    expect(note).toEqual({ kind: 'copied', copy: copy?.path, from: '1.9.1' });
    expect(copy).toMatchObject({ from: '1.9.1', to: '1.10.0', bytes: 9 });
    expect(await readFile(copy!.path, 'utf8')).toBe('tables');
    expect(await readFile(`${copy!.path}-journal`, 'utf8')).toBe('log');
    expect((await stat(copy!.path)).mode & 0o777).toBe(0o600);
  });

  it('keeps the first copy while the newer version fails to start: what it left may be half changed', async () => {
    const state = await served('1.9.1');
    await prepareDatabase(state, '1.10.0');
    await writeFile(databasePath(state), 'half changed');
    expect(await prepareDatabase(state, '1.10.0')).toBeNull();
    expect(await prepareDatabase(state, '1.11.0')).toBeNull();
    const copies = await listCopies(databasePath(state));
    expect(copies).toHaveLength(1);
    expect(await readFile(copies[0]!.path, 'utf8')).toBe('tables');
    await databaseServed(state, '1.11.0');
    expect(await prepareDatabase(state, '1.11.0')).toBeNull();
  });

  it('converts from the copy, again after a failure, and not a second time once it is done', async () => {
    const state = await served('1.9.1');
    const seen: string[] = [];
    const convert = async (database: string, copy: string): Promise<void> => {
      seen.push(await readFile(copy, 'utf8'));
      await writeFile(database, 'converted');
      if (seen.length === 1) throw new Error('the power went');
    };
    await expect(prepareDatabase(state, '1.10.0', convert)).rejects.toThrow('the power went');
    expect(await prepareDatabase(state, '1.10.0', convert)).toBeNull();
    expect(await prepareDatabase(state, '1.10.0', convert)).toBeNull();
    expect(seen).toEqual(['tables', 'tables']);
  });

  it('refuses an older version than the one that served, and does not touch the file', async () => {
    const state = await served('1.9.1');
    await expect(prepareDatabase(state, '1.8.3')).rejects.toMatchObject({
      code: 'ENGINE_DATABASE',
      message: expect.stringMatching(
        /1\.8\.3 is older than 1\.9\.1.*use 1\.9\.1 or newer.*temporal-db restore/,
      ),
    });
    expect(await readdir(join(state, 'temporal'))).not.toContain('copies');
    expect(await oldestFor(state)).toBe('1.9.1');
  });

  it('refuses the version that wrote the file once a newer one had its hands on it', async () => {
    const state = await served('1.9.1');
    await prepareDatabase(state, '1.10.0');
    await expect(prepareDatabase(state, '1.9.1')).rejects.toThrow(
      /as 1\.9\.1 left it \(1\.10\.0 never served/,
    );
    expect(await oldestFor(state)).toBe('1.10.0');
    await restoreDatabase(state, null);
    expect(await prepareDatabase(state, '1.9.1')).toBeNull();
  });

  it('keeps the two newest copies', async () => {
    const state = await served('1.0.0');
    for (const [index, to] of ['1.1.0', '1.2.0', '1.3.0'].entries())
      await copyAside(databasePath(state), { from: '1.0.0', to }, index * 60_000);
    expect((await listCopies(databasePath(state))).map(({ to }) => to)).toEqual(['1.3.0', '1.2.0']);
  });

  it('takes no part of a copy that a crash cut off for a copy, and clears it away', async () => {
    const state = await served('1.9.1');
    const copies = join(dirname(databasePath(state)), 'copies');
    await mkdir(join(copies, '20260101T000000Z-1.8.3-before-1.9.1.abcd.tmp'), { recursive: true });
    await writeFile(join(copies, '20260101T000000Z-1.8.3-before-1.9.1.abcd.tmp/temporal.db'), 'ta');
    expect(await listCopies(databasePath(state))).toEqual([]);
    await prepareDatabase(state, '1.10.0');
    expect(await readdir(copies)).toEqual([expect.stringMatching(/-1\.9\.1-before-1\.10\.0$/)]);
  });

  it('copies a file whose version cannot be read, and refuses nobody', async () => {
    const state = await served('gar\0bled');
    expect(await oldestFor(state)).toBeNull();
    expect(await prepareDatabase(state, '1.9.1')).toMatchObject({ kind: 'copied' });
  });

  it.skipIf(WITHOUT_MOUNTS)(
    'keeps the newer version waiting while the disk has no room for the copy',
    async () => {
      const state = await mkdtemp(join(tmpdir(), 'db-'));
      mountTmpfs(join(state, 'temporal'), '2m');
      try {
        await writeFile(databasePath(state), 'tables');
        await databaseServed(state, '1.9.1');
        await expect(prepareDatabase(state, '1.10.0')).rejects.toThrow(
          /needs 65 MB in .*copies, and 2 MB are free/,
        );
        expect(await readFile(databasePath(state), 'utf8')).toBe('tables');
      } finally {
        unmount(join(state, 'temporal'));
      }
    },
  );

  it('moves a file aside that no server ever served from', async () => {
    const state = await mkdtemp(join(tmpdir(), 'db-'));
    await mkdir(join(state, 'temporal'));
    await writeFile(databasePath(state), 'half');
    const aside = `${databasePath(state)}.unfinished`;
    expect(await prepareDatabase(state, '1.9.1')).toEqual({ kind: 'unfinished', aside });
    expect(await readdir(join(state, 'temporal'))).toEqual(['temporal.db.unfinished']);
  });
});

describe('restoreDatabase', () => {
  it('puts the newest copy back with its version, and keeps what was there', async () => {
    const state = await upgraded();
    const { aside } = await restoreDatabase(state, null);
    expect(await readFile(databasePath(state), 'utf8')).toBe('tables');
    expect(await readFile(`${databasePath(state)}-wal`, 'utf8')).toBe('log');
    expect(await writtenBy(state)).toBe('1.9.1');
    expect(await readFile(aside ?? '', 'utf8')).toBe('new tables');
    expect(await prepareDatabase(state, '1.9.1')).toBeNull();
  });

  it.each(['mark', 'log aside', 'all aside', 'log placed', 'all placed'])(
    'interrupted after "%s": every engine is refused until it is finished, and nothing is lost',
    async (step) => {
      const state = await upgraded();
      const database = databasePath(state);
      const aside = `${database}.replaced-x`;
      await writeFile(join(state, 'temporal/restoring'), `${aside}\n`);
      const steps = ['mark', 'log aside', 'all aside', 'log placed', 'all placed'];
      const done = steps.indexOf(step);
      if (done >= 1) await move(`${database}-wal`, `${aside}-wal`);
      if (done >= 2) await move(database, aside);
      if (done >= 3) await writeFile(`${database}-wal`, 'log');
      if (done >= 4) await writeFile(database, 'tables');
      await expect(prepareDatabase(state, '1.10.0')).rejects.toThrow(/interrupted.*temporal-db restore/);
      await restoreDatabase(state, null);
      expect(await readFile(database, 'utf8')).toBe('tables');
      expect(await readFile(`${database}-wal`, 'utf8')).toBe('log');
      expect(await readFile(aside, 'utf8')).toBe('new tables');
      expect(await readFile(`${aside}-wal`, 'utf8')).toBe('new log');
      expect(await prepareDatabase(state, '1.9.1')).toBeNull();
    },
  );

  it('says which copies there are when it does not know the name', async () => {
    const state = await upgraded();
    await expect(restoreDatabase(state, 'nonsense')).rejects.toThrow(
      /No copy "nonsense".*1\.9\.1-before-1\.10\.0/,
    );
    const none = await served('1.9.1');
    await expect(restoreDatabase(none, null)).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
  });
});

describe('compareVersions', () => {
  const version = fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30));
  it('orders like the numbers do', () => {
    fc.assert(
      fc.property(version, version, (a, b) => {
        const expected = a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
        expect(Math.sign(compareVersions(a.join('.'), `${b.join('.')}-rc.1`))).toBe(Math.sign(expected));
      }),
    );
  });
});

/** Without a conversion, or with what a test has in mind for it. */
function prepareDatabase(state: string, version: string, convert: Convert = () => Promise.resolve()) {
  return prepare(state, version, convert);
}

async function served(version: string): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), 'db-'));
  await prepareDatabase(state, '1.0.0');
  await writeFile(databasePath(state), 'tables', { mode: 0o644 });
  await databaseServed(state, version);
  return state;
}

/** Served by 1.9.1, then by 1.10.0. */
async function upgraded(): Promise<string> {
  const state = await served('1.9.1');
  await writeFile(`${databasePath(state)}-wal`, 'log');
  await prepareDatabase(state, '1.10.0');
  await writeFile(databasePath(state), 'new tables');
  await writeFile(`${databasePath(state)}-wal`, 'new log');
  await databaseServed(state, '1.10.0');
  return state;
}

async function move(from: string, to: string): Promise<void> {
  await writeFile(to, await readFile(from));
  await rm(from);
}
