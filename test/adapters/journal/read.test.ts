import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../adapters/journal/append.js';
import { pruneJournal } from '../../../adapters/journal/prune.js';
import { lastEvents, readJournal } from '../../../adapters/journal/read.js';
import type { ReadOptions } from '../../../adapters/journal/read.js';
import { verifyJournal } from '../../../adapters/journal/verify.js';
import type { NewEvent } from '../../../domain/journal.js';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 1, 12);
let scratch: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-journal-'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** Five days of three events each: `d<day>-<n>`; the third is of another type. */
async function fiveDays(name: string): Promise<string> {
  const dir = join(scratch, name);
  for (let day = 0; day < 5; day += 1) {
    const journal = openJournal({ dir, node: 'home', clock: () => START + day * DAY });
    const events = [0, 1, 2].map((number): NewEvent => {
      const id = `d${day}-${number}`;
      if (number < 2)
        return { id, type: 'control-plane.stopped', data: { pid: 1, reason: 'line\u2028separator' } };
      return { id, type: 'engine.restarted', data: { pid: 1, restarts: 1, reason: 'died' } };
    });
    await journal.append(events);
  }
  return dir;
}

async function ids(dir: string, options?: ReadOptions): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of readJournal(dir, options)) found.push(id);
  return found;
}

describe('reading', () => {
  it('filters by time and type, forward and backward', async () => {
    const dir = await fiveDays('filters');
    expect(await ids(dir)).toHaveLength(15);
    expect(await ids(dir, { since: START + 3 * DAY, types: ['engine.*'] })).toEqual(['d3-2', 'd4-2']);
    expect(await ids(dir, { until: START + DAY, types: ['control-plane.stopped'] })).toEqual([
      'd0-0',
      'd0-1',
    ]);
    expect(await ids(dir, { order: 'newest', limit: 4 })).toEqual(['d4-2', 'd4-1', 'd4-0', 'd3-2']);
    expect((await lastEvents(dir, 2)).map(({ id }) => id)).toEqual(['d4-1', 'd4-2']);
    expect(await ids(dir, { limit: 0 })).toEqual([]);
  });

  it('of a journal that is not there gives nothing', async () => {
    expect(await ids(join(scratch, 'absent'))).toEqual([]);
    expect(await verifyJournal(join(scratch, 'absent'))).toMatchObject({ ok: true, events: 0, files: 0 });
  });

  it('passes over damaged and unfinished lines and tells of them', async () => {
    const dir = await fiveDays('damaged');
    const path = join(dir, '2026-11-03.ndjson');
    await writeFile(path, (await readFile(path, 'utf8')).replace('{', '['));
    await appendFile(join(dir, '2026-11-05.ndjson'), '{"at":');
    const unreadable: string[] = [];
    expect(await ids(dir, { unreadable: (file) => unreadable.push(file) })).toHaveLength(14);
    expect(unreadable).toEqual(['2026-11-03.ndjson']);
    expect((await ids(dir, { order: 'newest' })).at(0)).toBe('d4-2');
    expect(await verifyJournal(dir)).toMatchObject({
      ok: false,
      breaks: [{ kind: 'edited', file: '2026-11-03.ndjson', line: 1 }],
    });
  });

  it('gives long files in the same order from both ends', async () => {
    const dir = join(scratch, 'long');
    const journal = openJournal({ dir, node: 'home' });
    const events = Array.from({ length: 3_000 }, (_, index): NewEvent => {
      return {
        id: `e${index}`,
        type: 'control-plane.stopped',
        data: { pid: 1, reason: 'é'.repeat(index % 700) },
      };
    });
    await journal.append(events);
    const forward = await ids(dir);
    expect(forward).toEqual(events.map(({ id }) => id));
    expect((await ids(dir, { order: 'newest' })).reverse()).toEqual(forward);
  });
});

describe('retention', () => {
  it('takes whole days, keeps the rest provable, and the next append goes on', async () => {
    const dir = await fiveDays('pruned');
    expect(await pruneJournal(dir, START + 2 * DAY)).toMatchObject({
      removed: ['2026-11-01.ndjson', '2026-11-02.ndjson'],
    });
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 9, files: 3 });
    expect(await pruneJournal(dir, START + 2 * DAY)).toEqual({ removed: [], anchor: null });
    expect(await pruneJournal(dir, START + 100 * DAY)).toMatchObject({
      removed: ['2026-11-03.ndjson', '2026-11-04.ndjson'],
    });
    const journal = openJournal({ dir, node: 'home', clock: () => START + 5 * DAY });
    await journal.append([{ id: 'x', type: 'control-plane.stopped', data: { pid: 1, reason: '' } }]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 4 });
  });

  it('a removed day that retention did not take is still missed', async () => {
    const dir = await fiveDays('stolen');
    await pruneJournal(dir, START + DAY);
    await rm(join(dir, '2026-11-02.ndjson'));
    expect(await verifyJournal(dir)).toMatchObject({ ok: false, breaks: [{ kind: 'missing_days' }] });
  });

  it('what a killed retention left over does not count, and goes with the next one', async () => {
    const dir = await fiveDays('half');
    const old = await readFile(join(dir, '2026-11-01.ndjson'));
    await pruneJournal(dir, START + DAY);
    await writeFile(join(dir, '2026-11-01.ndjson'), old);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 12 });
    expect(await pruneJournal(dir, START + DAY)).toMatchObject({ removed: ['2026-11-01.ndjson'] });
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 12 });
  });
});
