// Every file of the state directory that outlives a version: what an older, a newer and a garbled one do. The table is in
// docs/upgrades.md.
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { openBackupState } from '../../adapters/files/backup-state.js';
import { oldestFor, writtenBy } from '../../adapters/temporal/database.js';
import { readSnapshot } from '../../workers/failover/snapshot-file.js';
import { readMonitor } from '../../workers/healing/monitor-file.js';
import { readRunFile } from '../../workers/run-file.js';
import { readStuck } from '../../workers/stuck/file.js';

const nothing = () => undefined;

/** Name, reader, and what it gives when it cannot be believed. */
const FILES: readonly (readonly [string, (state: string) => Promise<unknown>, unknown])[] = [
  ['failover.json', (state) => readSnapshot(state, nothing), null],
  ['healing/monitor.json', readMonitor, null],
  ['stuck.json', readStuck, null],
  ['run.json', readRunFile, null],
  ['backup/last.json', (state) => openBackupState(path.join(state, 'backup')).lastRecord(), null],
  [
    'backup/proofs/local.json',
    (state) => openBackupState(path.join(state, 'backup')).loadProofs('local'),
    null,
  ],
  [
    'backup/trails/local.json',
    (state) => openBackupState(path.join(state, 'backup')).loadTrail('local'),
    null,
  ],
  [
    'backup/drills/local.json',
    (state) => openBackupState(path.join(state, 'backup')).lastDrill('local'),
    null,
  ],
  [
    'backup/access/local.json',
    (state) => openBackupState(path.join(state, 'backup')).lastAccess('local'),
    null,
  ],
  ['temporal/opening.json', oldestFor, null],
];

describe.each(FILES)('%s', (name, read, unbelieved) => {
  it.each([
    ['is missing', null],
    ['is empty', ''],
    ['is cut off', '{"v":1,"providers":{'],
    ['is something else', '[1, "two"]'],
    ['is of a version to come', '{"v":99,"nxs":"proof-book-99","all":"new"}'],
    ['is of a version without a number', '{}'],
  ])('that %s counts as not there, and stops nothing', async (_case, text) => {
    const state = await mkdtemp(path.join(tmpdir(), 'state-'));
    const file = path.join(state, name);
    await mkdir(path.dirname(file), { recursive: true });
    if (text !== null) await writeFile(file, text);
    expect(await read(state)).toEqual(unbelieved);
  });
});

it('a garbled note of the version of the engine is unknown, which refuses nobody and copies the file', async () => {
  const state = await mkdtemp(path.join(tmpdir(), 'state-'));
  await mkdir(path.join(state, 'temporal'));
  await writeFile(path.join(state, 'temporal/version'), '{"v":99}');
  expect(await writtenBy(state)).toBe('unknown');
});
