// Through the command's own door (workers/history.ts): nothing runs, and nothing is written.
import { chmod, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../config/types.js';
import { diffHistory, listHistory } from '../../../workers/history.js';
import { idOf } from '../../support/e2e-damage.js';
import {
  configOf,
  destinations,
  fill,
  filesIn,
  makePlace,
  removePlace,
  type Place,
} from '../../support/e2e-place.js';
import { restore, runBackup } from '../../support/e2e-plain.js';

let place: Place;
let config: Config;
const quiet = () => undefined;

beforeEach(async () => {
  place = await makePlace(() =>
    destinations(
      '{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }',
      '{ name: cloud, type: github, owner: me, repo: nxs, token: "${NXS_TEST_UNSET_TOKEN}" }',
    ),
  );
  config = await configOf(place);
});
afterEach(() => removePlace(place));

const list = (limit = 20, destination: string | null = 'local') =>
  listHistory(config, { destination, limit }, quiet);
const diff = (from: string | null = null, to: string | null = null, destination: string | null = null) =>
  diffHistory(config, { destination, from, to }, quiet);

/** Two backups: one file more and one changed in the second. */
async function twoBackups(): Promise<{ one: string; two: string }> {
  await fill(place.dataDir, { 'MEMORY.md': 'one', 'memory/a.md': 'alpha' });
  await runBackup(config);
  const one = idOf(place.store, 'main');
  await fill(place.dataDir, { 'MEMORY.md': 'two!', 'memory/b.md': 'beta' });
  await runBackup(config);
  return { one, two: idOf(place.store, 'main') };
}

describe('the list of backups', () => {
  it('has the newest first, with what each changed, and what it prints is what --at takes', async () => {
    const { one, two } = await twoBackups();
    const [local] = await list();
    expect(local).toMatchObject({ name: 'local', state: 'ready', note: null, location: place.store });
    expect(local?.backups).toMatchObject([
      { commit: two, files: 3, bytes: 13, added: 1, changed: 1, removed: 0 },
      { commit: one, files: 2, bytes: 8, added: 2, changed: 0, removed: 0 },
    ]);
    const to = join(place.root, 'back');
    await restore(config, { at: local?.backups[1]?.commit.slice(0, 12) ?? '', to });
    expect(String((await filesIn(to)).get('MEMORY.md'))).toBe('one');
    await rm(to, { recursive: true });
    await restore(config, { at: local?.backups[0]?.at ?? '', to });
    expect(String((await filesIn(to)).get('MEMORY.md'))).toBe('two!');
  });

  it('shows no more than was asked for, the last one still compared with the one before it', async () => {
    await twoBackups();
    expect((await list(1))[0]?.backups).toMatchObject([{ added: 1, changed: 1, removed: 0 }]);
  });

  it('tells a fresh destination, one that is not configured, and one that is gone apart', async () => {
    expect((await list(20, null)).map(({ name, state, note }) => [name, state, note])).toEqual([
      ['local', 'ready', 'it holds no backup yet'],
      ['cloud', 'not_configured', 'NXS_TEST_UNSET_TOKEN is not set'],
    ]);
    await twoBackups();
    await rename(place.store, `${place.store}.away`);
    expect((await list())[0]).toMatchObject({
      state: 'failed',
      note: expect.stringMatching(/mounted/) as string,
    });
  });

  it('refuses a destination that nobody configured', async () => {
    await expect(list(20, 'nowhere')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(list(20, 'cloud')).rejects.toMatchObject({ code: 'USAGE' });
  });
});

describe('the difference', () => {
  it('between the newest backup and the data directory is what the next backup would take', async () => {
    const { two } = await twoBackups();
    expect(await diff()).toMatchObject({ destination: 'local', from: two, to: null, same: true, files: [] });
    await fill(place.dataDir, { 'MEMORY.md': 'three', 'new.md': 'n' });
    await chmod(join(place.dataDir, 'memory/a.md'), 0o755);
    await rm(join(place.dataDir, 'memory/b.md'));
    expect(await diff()).toMatchObject({
      same: false,
      added: 1,
      changed: 2,
      removed: 1,
      files: [
        { path: 'MEMORY.md', change: 'changed', before: 4, after: 5 },
        { path: 'memory/a.md', change: 'changed', before: 5, after: 5 },
        { path: 'memory/b.md', change: 'removed', before: 4, after: null },
        { path: 'new.md', change: 'added', before: null, after: 1 },
      ],
    });
  });

  it('between two backups does not look at the data directory', async () => {
    const { one, two } = await twoBackups();
    await rm(place.dataDir, { recursive: true });
    expect(await diff(one.slice(0, 12), two)).toMatchObject({
      from: one,
      to: two,
      files: [
        { path: 'MEMORY.md', change: 'changed', before: 3, after: 4 },
        { path: 'memory/b.md', change: 'added', before: null, after: 4 },
      ],
    });
    expect(await diff(two, two)).toMatchObject({ same: true });
    await expect(diff()).rejects.toMatchObject({ code: 'DATA_DIR_MISSING' });
  });

  it('says in one sentence what is not there', async () => {
    await expect(diff()).rejects.toMatchObject({ code: 'NOTHING_TO_RESTORE' });
    await twoBackups();
    for (const at of ['nonsense', '1999-01-01', 'f'.repeat(40), '--all'])
      await expect(diff(at)).rejects.toMatchObject({
        code: 'NOTHING_TO_RESTORE',
        message: `local has no revision at or before "${at}".`,
      });
    await expect(diff(null, null, 'nowhere')).rejects.toMatchObject({ code: 'USAGE' });
    await expect(diff(null, null, 'cloud')).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('writes nothing, neither here nor in the destination', async () => {
    await twoBackups();
    const before = [...(await filesIn(place.root)).keys()].sort();
    await list();
    await diff();
    expect([...(await filesIn(place.root)).keys()].sort()).toEqual(before);
  });
});
