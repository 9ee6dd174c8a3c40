import { mkdir, mkdtemp, readdir, readFile, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { databasePath, databaseServed, prepareDatabase } from '../../../adapters/temporal/database.js';

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

  it('copies file and write-ahead log before another version opens them', async () => {
    const state = await served('1.9.1');
    await writeFile(`${databasePath(state)}-wal`, 'log');
    const copy = `${databasePath(state)}.before-1.10.0`;
    expect(await prepareDatabase(state, '1.10.0')).toEqual({ kind: 'copied', copy });
    expect(await readFile(copy, 'utf8')).toBe('tables');
    expect(await readFile(`${copy}-wal`, 'utf8')).toBe('log');
    // Until the new version has served, the next start copies again.
    expect(await prepareDatabase(state, '1.10.0')).not.toBeNull();
    await databaseServed(state, '1.10.0');
    expect(await prepareDatabase(state, '1.10.0')).toBeNull();
  });

  it('keeps the two newest copies', async () => {
    const state = await served('1.0.0');
    for (const [index, version] of ['1.1.0', '1.2.0', '1.3.0'].entries()) {
      await prepareDatabase(state, version);
      await databaseServed(state, version);
      await utimes(`${databasePath(state)}.before-${version}`, index + 1, index + 1);
    }
    await prepareDatabase(state, '1.4.0');
    const copies = (await readdir(join(state, 'temporal'))).filter((name) => name.includes('before'));
    expect(copies.sort()).toEqual(['temporal.db.before-1.3.0', 'temporal.db.before-1.4.0']);
  });

  it('moves a file aside that no server ever served from', async () => {
    const state = await mkdtemp(join(tmpdir(), 'db-'));
    await mkdir(join(state, 'temporal'));
    await writeFile(databasePath(state), 'half');
    const aside = `${databasePath(state)}.unfinished`;
    expect(await prepareDatabase(state, '1.9.1')).toEqual({ kind: 'unfinished', aside });
    expect(await readdir(join(state, 'temporal'))).toEqual(['temporal.db.unfinished']);
  });
});

async function served(version: string): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), 'db-'));
  await prepareDatabase(state, version);
  await writeFile(databasePath(state), 'tables', { mode: 0o644 });
  await databaseServed(state, version);
  return state;
}
