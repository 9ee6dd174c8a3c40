import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openJournal } from '../../adapters/journal/append.js';
import { openTail } from '../../workers/journal-tail.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'tail-'));
});
afterEach(() => rm(dir, { recursive: true }));

function writer(day: string) {
  const clock = () => Date.parse(`${day}T10:00:00.000Z`);
  const journal = openJournal({ dir, node: 'home', clock });
  return (id: string) => journal.append([{ id, type: 'healing.resumed', data: { by: 'ops' } }]);
}

it('hands each event over once, across days, and nothing of days before its time', async () => {
  const seen: string[] = [];
  await writer('2026-11-20')('old');
  await writer('2026-11-23')('one');
  const tail = openTail(dir, Date.parse('2026-11-22T00:00:00Z'), ({ id }) => seen.push(id));
  await tail.catchUp();
  expect(seen).toEqual(['one']);
  await tail.catchUp();
  await writer('2026-11-23')('two');
  await writer('2026-11-24')('three');
  await Promise.all([tail.catchUp(), tail.catchUp()]);
  expect(seen).toEqual(['one', 'two', 'three']);
});

it('waits for the end of a line that is being written, and passes over one that is none', async () => {
  const seen: string[] = [];
  await writer('2026-11-23')('one');
  const file = path.join(dir, '2026-11-23.ndjson');
  await appendFile(file, 'not an event\n{"half":');
  const tail = openTail(dir, 0, ({ id }) => seen.push(id));
  await tail.catchUp();
  expect(seen).toEqual(['one']);
  await appendFile(file, '1}\n');
  await tail.catchUp();
  await tail.catchUp();
  await writer('2026-11-23')('two');
  await tail.catchUp();
  expect(seen).toEqual(['one', 'two']);
});

it('has nothing to say of a journal that is not there', async () => {
  const tail = openTail(path.join(dir, 'none'), 0, () => expect.unreachable());
  await tail.catchUp();
});
