import { execFileSync } from 'node:child_process';
import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openJournal } from '../../../adapters/journal/append.js';
import { readJournal } from '../../../adapters/journal/read.js';
import { verifyJournal } from '../../../adapters/journal/verify.js';
import type { NewEvent } from '../../../domain/journal.js';

const DAY = 86_400_000;
const NOON = Date.UTC(2026, 10, 23, 12);
let scratch: string;
let dir: string;

beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-journal-'));
  dir = join(scratch, 'journal');
});
afterEach(() => rm(scratch, { recursive: true, force: true }));

function event(id: string): NewEvent {
  return { id, type: 'control-plane.stopped', data: { pid: 1, reason: id } };
}

function open(clock: () => number = () => NOON, notices: string[] = []) {
  return openJournal({ dir, node: 'home', clock, notice: (sentence) => notices.push(sentence) });
}

async function ids(): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of readJournal(dir)) found.push(id);
  return found;
}

describe('append', () => {
  it('writes owner-only files into an owner-only directory', async () => {
    await open().append([event('a')]);
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    expect((await stat(join(dir, '2026-11-23.ndjson'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'head.json'))).mode & 0o777).toBe(0o600);
    expect((await readdir(dir)).sort()).toEqual(['2026-11-23.ndjson', 'head.json']);
  });

  it('writes an id once, in one call, in later calls and from another writer', async () => {
    const journal = open();
    const [first, again] = await journal.append([event('a'), event('a')]);
    expect([first?.written, again?.written]).toEqual([true, false]);
    expect(again?.hash).toBe(first?.hash);
    expect(await journal.append([event('a'), event('b')])).toMatchObject([
      { written: false },
      { written: true },
    ]);
    expect(await open().append([event('b'), event('c')])).toMatchObject([
      { written: false },
      { written: true },
    ]);
    expect(await journal.append([event('c')])).toMatchObject([{ written: false }]);
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('knows the ids of the days before', async () => {
    await open(() => NOON - 6 * DAY).append([event('a')]);
    expect(await open().append([event('a')])).toMatchObject([{ written: false }]);
  });

  it('chains across days, and never behind the newest file when the clock goes back', async () => {
    let now = NOON;
    const journal = open(() => now);
    await journal.append([event('a')]);
    now += DAY;
    await journal.append([event('b')]);
    now -= DAY;
    await journal.append([event('c')]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 3, files: 2 });
    expect(await ids()).toEqual(['a', 'b', 'c']);
  });

  it('keeps the order of calls that are made at the same time', async () => {
    const journal = open();
    const names = Array.from({ length: 200 }, (_, index) => `e${index}`);
    await Promise.all(names.map((name) => journal.append([event(name)])));
    expect(await ids()).toEqual(names);
  });

  it('refuses an event that breaks its schema or is too long, and writes nothing of it', async () => {
    const wrong = { id: 'w', type: 'control-plane.started', data: { pid: -1 } } as unknown as NewEvent;
    await expect(open().append([wrong])).rejects.toMatchObject({ code: 'USAGE' });
    const long: NewEvent = { ...event('l'), data: { pid: 1, reason: 'x'.repeat(300_000) } } as NewEvent;
    await expect(open().append([long])).rejects.toMatchObject({ code: 'USAGE' });
    expect(await ids()).toEqual([]);
  });
});

describe('after a crash', () => {
  it('moves an unfinished last line aside, says so, and goes on', async () => {
    await open().append([event('a')]);
    await appendFile(join(dir, '2026-11-23.ndjson'), '{"at":"2026');
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, tornTail: { line: 2 } });
    const notices: string[] = [];
    await open(() => NOON + DAY, notices).append([event('b')]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toContain('2026-11-23.torn');
    expect(await readFile(join(dir, '2026-11-23.torn'), 'utf8')).toBe('{"at":"2026\n');
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 2, tornTail: null });
  });

  it('goes on from an event that was written before its record', async () => {
    await open().append([event('a')]);
    const record = await readFile(join(dir, 'head.json'));
    await open().append([event('b')]);
    await writeFile(join(dir, 'head.json'), record);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, afterHead: 1 });
    await open().append([event('c')]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 3, afterHead: 0 });
  });

  it('goes on from the very first event when its record was never written', async () => {
    await open().append([event('a')]);
    const zeros = `${JSON.stringify({ v: 1, hash: '0'.repeat(64) }).padEnd(95)}\n`;
    await writeFile(join(dir, 'head.json'), zeros);
    await open().append([event('b')]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 2 });
  });

  it('keeps it visible for good that the last lines were taken away before the next append', async () => {
    const journal = open();
    await journal.append([event('a')]);
    const length = (await stat(join(dir, '2026-11-23.ndjson'))).size;
    await journal.append([event('b')]);
    await truncate(join(dir, '2026-11-23.ndjson'), length);
    await journal.append([event('c')]);
    await open().append([event('d')]);
    const result = await verifyJournal(dir);
    expect(result.breaks).toMatchObject([{ kind: 'deleted', file: '2026-11-23.ndjson', line: 2 }]);
  });
});

describe('a full disk', () => {
  it.skipIf(process.getuid?.() !== 0 || process.platform !== 'linux')(
    'leaves whole lines only, says why, and the journal goes on when there is space again (needs root for a small tmpfs)',
    async () => {
      const disk = join(scratch, 'disk');
      await mkdir(disk);
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
      try {
        dir = join(disk, 'journal');
        const journal = open();
        await journal.append([event('a')]);
        const filler = join(disk, 'filler');
        await writeFile(filler, Buffer.alloc(512 * 1024)).catch(() => undefined);
        const before = await readFile(join(dir, '2026-11-23.ndjson'));
        const long = { ...event('b'), data: { pid: 1, reason: 'x'.repeat(20_000) } } as NewEvent;
        await expect(journal.append([long])).rejects.toMatchObject({
          code: 'STATE_UNREADABLE',
          message: expect.stringMatching(/ENOSPC|no space/i) as string,
        });
        expect(await readFile(join(dir, '2026-11-23.ndjson'))).toEqual(before);
        await rm(filler);
        expect(await journal.append([long])).toMatchObject([{ written: true }]);
        expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 2 });
      } finally {
        execFileSync('umount', ['-l', disk]);
      }
    },
  );
});
