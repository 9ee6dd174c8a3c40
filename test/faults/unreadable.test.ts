// Modes do not bind root, so as root the run is made by another user.
import { execFileSync } from 'node:child_process';
import { chmod, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openBackupState } from '../../adapters/files/backup-state.js';
import { backupPaths } from '../../workers/backup-paths.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { gitFiles } from '../support/e2e-git.js';
import { configOf, fill, makePlace, removePlace, type Place } from '../support/e2e-place.js';
import { bundleChild, runAndKill } from './support/kill.js';

const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

let place: Place;
let script: string;
let count = 0;

beforeEach(async () => {
  // Above the sealed scratch directory, which nobody else may enter.
  place = await makePlace(undefined, '/tmp');
  script = bundleChild(place.root);
  await fill(place.dataDir, { 'open.md': 'one', 'shut.md': 'shut one', 'dir/a.md': 'a', 'dir/b.md': 'b' });
  await run();
});
afterEach(async () => {
  execFileSync('chmod', ['-R', 'u+rwX', place.root]);
  await removePlace(place);
});

async function run(): Promise<{ record: RunRecord; entries: readonly EntryResult[] }> {
  const config = await configOf(place);
  if (isRoot) execFileSync('chown', ['-R', `${NOBODY}:${NOBODY}`, place.root]);
  const job = { config, run: `20260101T00000${count++}Z-unreadable`, restore: null };
  await runAndKill(script, join(place.root, 'job.json'), job, null, isRoot ? NOBODY : undefined);
  const state = openBackupState(backupPaths(place.stateDir).dir);
  const record = await state.lastRecord();
  if (record === null) throw new Error('no record');
  return { record, entries: await state.loadEntries(record.run, 'local') };
}

const stored = () =>
  Object.fromEntries([...(gitFiles(place.store) ?? [])].map(([path, bytes]) => [path, String(bytes)]));

describe('what the backup may not read', () => {
  it('a file: UNREADABLE with the reason and an ALERT, its last version stays, all others are proved', async () => {
    await fill(place.dataDir, { 'open.md': 'two', 'shut.md': 'shut two' });
    await chmod(join(place.dataDir, 'shut.md'), 0);
    const { record, entries } = await run();
    expect(record).toMatchObject({ outcome: 'not_green', problems: 1 });
    expect(entries.filter(({ status }) => status !== 'VERIFIED')).toMatchObject([
      {
        local: 'shut.md',
        status: 'UNREADABLE',
        action: 'ALERT',
        side: 'local',
        reason: expect.stringMatching(/permission|EACCES/i) as string,
      },
    ]);
    expect(stored()).toEqual({ 'open.md': 'two', 'shut.md': 'shut one', 'dir/a.md': 'a', 'dir/b.md': 'b' });
    await chmod(join(place.dataDir, 'shut.md'), 0o644);
    expect((await run()).record.outcome).toBe('green');
    expect(stored()['shut.md']).toBe('shut two');
  }, 60_000);

  it('a directory: said by name, everything that was backed up below it stays, and is not held as deleted', async () => {
    await chmod(join(place.dataDir, 'dir'), 0);
    const { record } = await run();
    expect(record).toMatchObject({ outcome: 'not_green', held: null });
    expect(record.problems).toBe(1);
    expect(stored()).toMatchObject({ 'dir/a.md': 'a', 'dir/b.md': 'b' });
    await chmod(join(place.dataDir, 'dir'), 0o755);
    await rm(join(place.dataDir, 'dir/b.md'));
    expect((await run()).record.outcome).toBe('green');
    expect(Object.keys(stored())).toEqual(['dir/a.md', 'open.md', 'shut.md']);
  }, 60_000);

  it('a file that nobody ever backed up: not green, and nothing of it in the tree', async () => {
    await fill(place.dataDir, { 'new.md': 'new' });
    await chmod(join(place.dataDir, 'new.md'), 0);
    const { record, entries } = await run();
    expect(record.outcome).toBe('not_green');
    expect(entries.find(({ local }) => local === 'new.md')?.status).toBe('UNREADABLE');
    expect(Object.keys(stored())).not.toContain('new.md');
  }, 60_000);

  it('a destination that may not be written: not green in a sentence, and well again by itself', async () => {
    await fill(place.dataDir, { 'open.md': 'two' });
    await chmod(join(place.store, 'objects/pack'), 0o555);
    await chmod(join(place.store, 'objects'), 0o555);
    const { record } = await run();
    expect(record.outcome).not.toBe('green');
    expect(record.summary).toContain(place.store);
    expect(stored()['open.md']).toBe('one');
    await chmod(join(place.store, 'objects'), 0o755);
    await chmod(join(place.store, 'objects/pack'), 0o755);
    expect((await run()).record.outcome).toBe('green');
  }, 60_000);
});
