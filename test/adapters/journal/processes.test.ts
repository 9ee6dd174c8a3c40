import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../adapters/journal/append.js';
import { readJournal } from '../../../adapters/journal/read.js';
import { verifyJournal } from '../../../adapters/journal/verify.js';
import { bundleScript, runScript, until } from './support/run-script.js';

let scratch: string;
let script: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-journal-'));
  script = bundleScript(join(import.meta.dirname, 'support/appender.ts'), join(scratch, 'appender.mjs'));
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

async function ids(dir: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { id } of readJournal(dir)) found.push(id);
  return found;
}

describe('several processes', () => {
  it('append to one journal without losing or forking anything', async () => {
    const dir = join(scratch, 'shared');
    const writers = ['a', 'b', 'c'].map((name) => runScript(script, [dir, name, '15']));
    expect(await Promise.all(writers.map(({ ended }) => ended))).toEqual([0, 0, 0]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 45, tornTail: null, afterHead: 0 });
    const found = await ids(dir);
    for (const writer of writers) expect(found).toEqual(expect.arrayContaining(writer.lines()));
  });

  it('killed at any moment keep every acknowledged event and a chain that goes on', async () => {
    const dir = join(scratch, 'killed');
    const acknowledged: string[] = [];
    for (let round = 0; round < 4; round += 1) {
      const writer = runScript(script, [dir, `r${round}`, '100000']);
      const wanted = 2 + round * 5;
      await until(() => writer.lines().length >= wanted);
      writer.child.kill('SIGKILL');
      await writer.ended;
      acknowledged.push(...writer.lines());
    }
    await openJournal({ dir, node: 'test' }).append([
      { id: 'after', type: 'control-plane.stopped', data: { pid: 1, reason: 'end' } },
    ]);
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, tornTail: null });
    const found = new Set(await ids(dir));
    expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
    expect(found.has('after')).toBe(true);
  });
});
