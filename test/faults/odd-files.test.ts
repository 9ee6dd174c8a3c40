import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../config/types.js';
import { openBackupState } from '../../adapters/files/backup-state.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { backupPaths } from '../../workers/backup-paths.js';
import { gitFiles, gitListing } from '../support/e2e-git.js';
import {
  configOf,
  digests,
  fill,
  filesIn,
  makePlace,
  removePlace,
  sha256,
  type Place,
} from '../support/e2e-place.js';
import { restore, runBackup, verify } from '../support/e2e-plain.js';
import { seeded } from '../support/e2e-random.js';

let place: Place;
let config: Config;

beforeEach(async () => {
  place = await makePlace();
  config = await configOf(place);
});
afterEach(() => removePlace(place));

function entriesOf(record: RunRecord): Promise<readonly EntryResult[]> {
  return openBackupState(backupPaths(place.stateDir).dir).loadEntries(record.run, 'local');
}

async function entry(record: RunRecord, path: string): Promise<EntryResult | undefined> {
  return (await entriesOf(record)).find((each) => each.path === path || each.local === path);
}

/** In the destination by git's own words, and back again by a restore. */
async function expectThereAndBack(files: ReadonlyMap<string, Buffer>): Promise<void> {
  expect(digests(gitFiles(place.store) as Map<string, Buffer>)).toEqual(digests(files));
  const to = join(place.root, 'back');
  const result = await restore(config, { to });
  expect(result).toMatchObject({ refused: 0, unverified: 0, restored: files.size });
  expect(digests(await filesIn(to))).toEqual(digests(files));
}

describe('names', () => {
  const NAMES = [
    'with space.md',
    ' leading and trailing ',
    '-dash',
    '--exec=rm',
    ':(exclude)pathspec',
    'semi;colon & $(touch x) `y` | z',
    'quo\'te and "double"',
    'back\\slash',
    'tab\there',
    'new\nline',
    'star*?[a]',
    'emoji 😀🏽‍💻',
    'cafe\u0301 (NFD)',
    'caf\u00e9 (NFC)',
    'かな',
    '\u202eright to left',
    'x'.repeat(255),
    `${'é'.repeat(127)}x`,
    'a'.repeat(100) + '/' + 'b'.repeat(200) + '/' + 'c'.repeat(255),
    '.hidden',
    '...',
    '~tilde',
    '%41',
    'CON',
    'trailing.dot.',
  ];

  it.each(NAMES)('%j is backed up, proved and given back', async (name) => {
    const files = new Map([
      [name, Buffer.from(`I am ${name}`)],
      [`dir/${name}`, Buffer.from('below')],
      ['good.md', Buffer.from('good')],
    ]);
    await fill(place.dataDir, files);
    const record = await runBackup(config);
    const refused = (await entriesOf(record)).filter(({ status }) => status === 'REFUSED');
    // A name may be refused, but then aloud: never green without it.
    if (refused.length > 0) {
      expect(record.outcome).toBe('not_green');
      expect(refused.map(({ reason }) => reason).join()).not.toBe('');
      return;
    }
    expect(record.outcome, record.summary).toBe('green');
    await expectThereAndBack(files);
  });

  it('refuses none of the everyday ones', async () => {
    const everyday = NAMES.filter((name) => !/[\n\t\\\u202e]|^CON$|\.$/.test(name));
    await fill(place.dataDir, Object.fromEntries(everyday.map((name) => [name, name])));
    const record = await runBackup(config);
    expect((await entriesOf(record)).filter(({ status }) => status !== 'VERIFIED')).toEqual([]);
  });

  it('a name that is no UTF-8 is said aloud, and the others are backed up', async () => {
    const raw = Buffer.concat([Buffer.from(`${place.dataDir}/`), Buffer.from([0x66, 0xff, 0x66])]);
    await fill(place.dataDir, { 'good.md': 'good' });
    await writeFile(raw, 'latin');
    const record = await runBackup(config);
    expect(record.outcome).toBe('not_green');
    expect(record.problems).toBe(1);
    expect([...(gitListing(place.store) ?? new Map()).keys()]).toEqual(['good.md']);
  });
});

describe('sizes and contents', () => {
  it('empty, one byte, binary, every line end, and 50 MB are proved and given back byte for byte', async () => {
    const random = seeded(50);
    const files = new Map([
      ['empty', Buffer.alloc(0)],
      ['another/empty', Buffer.alloc(0)],
      ['one', Buffer.from('x')],
      ['binary', random.bytes(100_003)],
      ['zeros', Buffer.alloc(70_000)],
      ['crlf.txt', Buffer.from('a\r\nb\rc\n\ufeff')],
      ['looks like git', Buffer.from('blob 3\0abc')],
      ['edge', random.bytes(256 * 1024)],
      ['edge and one', random.bytes(256 * 1024 + 1)],
      ['50 MB', random.bytes(50_000_000)],
    ]);
    await fill(place.dataDir, files);
    await fill(place.dataDir, { 'attributes/.gitattributes': '* text=auto eol=crlf\n' });
    files.set('attributes/.gitattributes', Buffer.from('* text=auto eol=crlf\n'));
    const record = await runBackup(config);
    expect(record.outcome, record.summary).toBe('green');
    expect(record.destinations[0]?.read.bytes).toBe(record.bytes);
    await expectThereAndBack(files);
  }, 60_000);

  it('keeps the executable bit', async () => {
    await fill(place.dataDir, { 'run.sh': '#!/bin/sh\n', plain: 'x' });
    await chmod(join(place.dataDir, 'run.sh'), 0o755);
    expect((await runBackup(config)).outcome).toBe('green');
    const to = join(place.root, 'back');
    await restore(config, { to });
    const modes = execFileSync('stat', ['-c', '%a', join(to, 'run.sh'), join(to, 'plain')], {
      encoding: 'utf8',
    });
    expect(modes.split('\n').map((mode) => /[1357]/.test(mode))).toEqual([true, false, false]);
  });
});

describe('links', () => {
  it('takes the content of one that stays inside, refuses one that leads out, and is not caught in a loop', async () => {
    await fill(place.root, { 'secret/key': 'do not take me' });
    await fill(place.dataDir, { 'real/file.md': 'content' });
    await symlink('real/file.md', join(place.dataDir, 'inside'));
    await symlink('../secret/key', join(place.dataDir, 'outside'));
    await symlink('/etc/hostname', join(place.dataDir, 'absolute'));
    await symlink('../secret', join(place.dataDir, 'outside-dir'));
    await symlink('loop-b', join(place.dataDir, 'loop-a'));
    await symlink('loop-a', join(place.dataDir, 'loop-b'));
    await symlink('.', join(place.dataDir, 'real/self'));
    await symlink('nothing', join(place.dataDir, 'dangling'));
    const record = await runBackup(config);
    expect(record.outcome).toBe('not_green');
    const stored = gitFiles(place.store);
    expect(Object.fromEntries([...(stored ?? [])].map(([path, bytes]) => [path, String(bytes)]))).toEqual({
      inside: 'content',
      'real/file.md': 'content',
    });
    const refused = (await entriesOf(record)).filter(({ status }) => status === 'REFUSED');
    expect(refused.map(({ local }) => local).sort()).toEqual(
      ['absolute', 'dangling', 'loop-a', 'loop-b', 'outside', 'outside-dir', 'real/self'].sort(),
    );
    expect(refused.every(({ action }) => action === 'FIX_CONFIG')).toBe(true);
    expect(JSON.stringify(refused)).not.toContain('do not take me');
  });

  it('does not follow a directory that became a link to the outside between two runs', async () => {
    await fill(place.root, { 'outside/one.md': 'foreign' });
    await fill(place.dataDir, { 'dir/one.md': 'mine', 'two.md': 'two' });
    expect((await runBackup(config)).outcome).toBe('green');
    await rename(join(place.dataDir, 'dir'), join(place.root, 'was'));
    await symlink('../outside', join(place.dataDir, 'dir'));
    const record = await runBackup(config);
    expect(record.outcome).toBe('not_green');
    // Its last version stays, the foreign one never gets in.
    expect(String(gitFiles(place.store)?.get('dir/one.md'))).toBe('mine');
  });
});

describe('what cannot be read', () => {
  it('a FIFO and a socket are refused and do not hang the run', async () => {
    await fill(place.dataDir, { 'good.md': 'good' });
    execFileSync('mkfifo', [join(place.dataDir, 'pipe')]);
    const record = await runBackup(config);
    expect(record.outcome).toBe('not_green');
    expect(await entry(record, 'pipe')).toMatchObject({ status: 'REFUSED', side: 'local' });
  });

  it('a file that keeps changing while it is read is CHANGED, and its last version stays', async () => {
    await fill(place.dataDir, { 'log.bin': 'first version', 'good.md': 'good' });
    expect((await runBackup(config)).outcome).toBe('green');
    const handle = await open(join(place.dataDir, 'log.bin'), 'w');
    await handle.truncate(64 * 1024 * 1024);
    const writing = new AbortController();
    const writer = (async () => {
      for (let n = 0; !writing.signal.aborted; n += 1)
        await handle.write(Buffer.from([n % 256]), 0, 1, n % 1000);
    })();
    const record = await runBackup(config);
    writing.abort();
    await writer;
    await handle.close();
    expect(record.outcome, record.summary).toBe('not_green');
    expect(await entry(record, 'log.bin')).toMatchObject({ status: 'CHANGED', action: 'RETRY' });
    expect(String(gitFiles(place.store)?.get('log.bin'))).toBe('first version');
    expect((await runBackup(config)).outcome).toBe('green');
  }, 60_000);
});

describe('the data directory', () => {
  it('that is gone fails the run with a sentence, and nothing is deleted anywhere', async () => {
    await fill(place.dataDir, { a: 'a', b: 'b' });
    expect((await runBackup(config)).outcome).toBe('green');
    await rename(place.dataDir, `${place.dataDir}.away`);
    const record = await runBackup(config);
    expect(record.outcome).toBe('failed');
    expect(record.summary).toContain(place.dataDir);
    expect([...(gitListing(place.store) ?? new Map()).keys()]).toEqual(['a', 'b']);
    await rename(`${place.dataDir}.away`, place.dataDir);
    expect((await runBackup(config)).outcome).toBe('green');
  });

  it('that is empty (an unmounted disk) is held, not "everything deleted"', async () => {
    await fill(place.dataDir, { a: 'a', b: 'b' });
    expect((await runBackup(config)).outcome).toBe('green');
    await rm(place.dataDir, { recursive: true });
    await mkdir(place.dataDir);
    const record = await runBackup(config);
    expect(record).toMatchObject({ outcome: 'held', held: { before: 2, missing: 2, examples: ['a', 'b'] } });
    expect(gitListing(place.store)?.size).toBe(2);
    expect((await verify(config)).green).toBe(true);
  });

  it('that vanishes between the walk and the reading makes the run not green and keeps the last versions', async () => {
    const files = new Map(
      Array.from({ length: 20 }, (_, n) => [`f${n}`, Buffer.from(`version one of ${n}`)]),
    );
    await fill(place.dataDir, files);
    expect((await runBackup(config)).outcome).toBe('green');
    for (const path of files.keys()) await writeFile(join(place.dataDir, path), `version two of ${path}`);
    const away = `${place.dataDir}.away`;
    const record = runBackup(config);
    await rename(place.dataDir, away);
    const { outcome, summary } = await record;
    expect(outcome, summary).not.toBe('green');
    expect(gitListing(place.store)?.size).toBe(20);
    await rename(away, place.dataDir);
    expect((await runBackup(config)).outcome).toBe('green');
    expect(sha256(gitFiles(place.store)?.get('f3') ?? Buffer.alloc(0))).toBe(
      sha256(Buffer.from('version two of f3')),
    );
  });
});
