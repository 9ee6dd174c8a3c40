import { mkdir, readdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { drillRestore } from '../../../activities/backup/drill.js';
import type { BackupPorts } from '../../../activities/backup/ports.js';
import { acquireLock } from '../../../adapters/files/lock.js';
import type { Config } from '../../../config/types.js';
import type { Destination } from '../../../domain/backup/ports.js';
import { NxsError } from '../../../domain/errors.js';
import type { NewEvent } from '../../../domain/journal.js';
import type { Notice } from '../../../domain/notify/notice.js';
import { standing } from '../../../workers/offline.js';
import { flipFile } from '../../support/e2e-damage.js';
import {
  configOf,
  destinations,
  digests,
  fill,
  filesIn,
  makePlace,
  removePlace,
  type Place,
} from '../../support/e2e-place.js';
import { drill, freshPorts, runBackup } from '../../support/e2e-plain.js';

const task = standing(() => undefined);
const big = Buffer.from([...Array(40_000).keys()].map((n) => (n * n) % 251));

let place: Place;
let config: Config;
let told: { events: NewEvent[]; notices: Notice[] };

beforeEach(async () => {
  place = await makePlace(() =>
    destinations(
      '{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }',
      '{ name: usb, type: git, path: "${NXS_STATE_DIR}/usb.git" }',
    ),
  );
  await fill(place.dataDir, { 'MEMORY.md': '# Memory', 'memory/a.md': 'alpha', 'big.bin': big });
  config = await configOf(place);
  told = { events: [], notices: [] };
  await runBackup(config);
});
afterEach(() => removePlace(place));

function listening(ports: BackupPorts = freshPorts(config)): BackupPorts {
  return {
    ...ports,
    journal: (event) => Promise.resolve(void told.events.push(event)),
    notify: (notice) => Promise.resolve(void told.notices.push(notice)),
  };
}

/** The same ports with one destination changed. */
function altered(change: (store: Destination) => Partial<Destination>): BackupPorts {
  const ports = listening();
  const destinations = ports.destinations.map((each) =>
    each.state === 'ready' ? { ...each, store: { ...each.store, ...change(each.store) } } : each,
  );
  return { ...ports, destinations };
}

const left = () => readdir(join(place.stateDir, 'drill'));
const latest = () =>
  Object.fromEntries(told.notices.map(({ incident, state }) => [incident, state] as const));

describe('a restore drill', () => {
  it('is green when every file of each destination comes back right, and leaves nothing behind', async () => {
    const before = digests(await filesIn(place.dataDir));
    const result = await drill(config, listening());
    expect(result).toMatchObject({ outcome: 'green', skipped: [] });
    expect(result.destinations).toMatchObject(
      ['local', 'usb'].map((destination) => ({
        destination,
        outcome: 'green',
        files: 3,
        bytes: 8 + 5 + big.length,
        counts: { proved: 3 },
        changed_since: 0,
        note: null,
      })),
    );
    expect(result.summary).toBe(
      'restore drill: local: 3 files brought back and proved; usb: 3 files brought back and proved',
    );
    expect(await left()).toEqual([]);
    expect(digests(await filesIn(place.dataDir))).toEqual(before);
    expect(await readdir(join(place.stateDir, 'undo')).catch(() => [])).toEqual([]);
    expect(told.events.map(({ type, id }) => [type, id.split('/').at(-1)])).toEqual([
      ['backup.drilled', 'local'],
      ['backup.drilled', 'usb'],
    ]);
    expect(latest()).toEqual({ 'backup/drill': 'resolved', 'backup/drill-inconclusive': 'resolved' });
  });

  it('names the file that rotted in one destination, raises a notice, and ends it when it is whole again', async () => {
    flipFile(join(place.stateDir, 'usb.git'), 'big.bin');
    const bad = await drill(config, listening());
    expect(bad.outcome).toBe('not_green');
    expect(bad.destinations).toMatchObject([
      { destination: 'local', outcome: 'green' },
      { destination: 'usb', outcome: 'not_green', counts: { proved: 2, unverified: 1 } },
    ]);
    expect(bad.destinations[1]?.bad).toEqual([expect.stringMatching(/^big\.bin: unverified \(/)]);
    expect(latest()['backup/drill']).toBe('raised');
    expect(await left()).toEqual([]);
    // The proof of that file is gone with it, so the next run reads it, although nobody touched the store since.
    expect((await runBackup(config)).destinations[1]?.counts).toMatchObject({ HEALED: 1 });
    expect((await drill(config, listening())).outcome).toBe('green');
    expect(latest()['backup/drill']).toBe('resolved');
  });

  it('believes the destination and not our own books', async () => {
    await rename(join(place.stateDir, 'backup'), join(place.stateDir, 'backup.gone'));
    expect((await drill(config)).outcome).toBe('green');
  });

  it('does not mind what was changed here since', async () => {
    await fill(place.dataDir, { 'MEMORY.md': 'other' });
    const { destinations: each } = await drill(config);
    expect(each).toMatchObject([{ outcome: 'green', changed_since: 1 }, { changed_since: 1 }]);
  });

  it('fails where there is no backup, or one of 0 files', async () => {
    const empty = altered(({ name }) => (name === 'usb' ? { head: () => Promise.resolve(null) } : {}));
    expect((await drill(config, empty)).destinations[1]).toMatchObject({
      outcome: 'not_green',
      note: 'there is no backup in it',
    });
    const header = {
      ...{ nxs_manifest: 1, node: 'home', run: 'r', created: '', previous: null },
      ...{ files: 0, bytes: 0 },
    };
    const manifest = Buffer.from(`${JSON.stringify(header)}\n`);
    const hollow = altered(() => ({
      list: () =>
        Promise.resolve([
          { path: '.nxs/manifest.ndjson', oid: 'a'.repeat(40), size: manifest.length, mode: '100644' },
        ]),
      read: async function* () {
        await Promise.resolve();
        yield { oid: 'a'.repeat(40), chunks: [manifest] as unknown as AsyncIterable<Uint8Array> };
      },
    }));
    expect((await drill(config, hollow)).destinations[0]).toMatchObject({
      outcome: 'not_green',
      note: 'its newest backup holds 0 files',
    });
  });

  it('fails when the tree does not hold what the manifest names, though the bytes are still there', async () => {
    const cut = altered((store) => ({
      list: async (commit) => (await store.list(commit)).filter(({ path }) => path !== 'MEMORY.md'),
    }));
    expect((await drill(config, cut)).destinations[0]).toMatchObject({
      outcome: 'not_green',
      counts: { proved: 2, not_listed: 1 },
      bad: ['MEMORY.md: not_listed (the tree does not list it so)'],
    });
  });

  it('does not fill the disk: with too little room it says so and tries nothing', async () => {
    const ports = listening();
    const narrow: BackupPorts = {
      ...ports,
      drills: {
        run: (name, work) => ports.drills.run(name, (scratch) => work({ ...scratch, free: 1_000_000 })),
      },
    };
    const result = await drill(config, narrow);
    expect(result.outcome).toBe('inconclusive');
    expect(result.destinations[0]?.note).toMatch(
      /^a drill needs \d+ MB below the state directory, 1 MB are free$/,
    );
    expect(latest()).toEqual({ 'backup/drill': 'resolved', 'backup/drill-inconclusive': 'raised' });
  });

  it('removes what a killed drill left, and its own place also when it fails', async () => {
    const dir = join(place.stateDir, 'drill');
    await mkdir(join(dir, 'killed/files'), { recursive: true });
    await writeFile(join(dir, 'killed/files/secret.md'), 'left');
    let seen: string[] = [];
    const broken = altered(() => ({
      head: async () => {
        seen = await left();
        expect((await stat(join(dir, seen.find((name) => name !== 'lock') ?? ''))).mode & 0o777).toBe(0o700);
        throw new NxsError('DESTINATION_UNREACHABLE', 'no network');
      },
    }));
    const input = { run: '20260101T000000Z-x', destination: 'local' };
    await expect(drillRestore(broken, input, task)).rejects.toMatchObject({
      code: 'DESTINATION_UNREACHABLE',
    });
    expect(seen.sort()).toEqual(['20260101T000000Z-x', 'lock']);
    expect(await left()).toEqual([]);
  });

  it('hands on what only needs time, so that the workflow can wait', async () => {
    const details = { until: 1_800_000_000_000 };
    const limited = altered(() => ({
      head: () => Promise.reject(new NxsError('RATE_LIMITED', 'later', details)),
    }));
    await expect(drillRestore(limited, { run: 'r', destination: 'local' }, task)).rejects.toMatchObject({
      code: 'RATE_LIMITED',
      details,
    });
  });

  it('keeps the last one, and when it was green last', async () => {
    const first = await drill(config);
    flipFile(join(place.stateDir, 'usb.git'), 'big.bin');
    await drill(config);
    expect(await freshPorts(config).state.lastDrill('usb')).toMatchObject({
      outcome: 'not_green',
      last_green: first.destinations[1]?.at,
    });
    expect(await freshPorts(config).state.lastDrill('nowhere')).toBeNull();
  });
});

describe('the place of drills', () => {
  it('is held by one drill at a time', async () => {
    const dir = join(place.stateDir, 'drill');
    const held = await acquireLock(join(dir, 'lock'), { purpose: 'another drill' });
    let done = false;
    const mine = drill(config).then(() => (done = true));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(done).toBe(false);
    await held.release();
    await mine;
  });
});
