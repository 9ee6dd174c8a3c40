import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openMemory, standingUploads } from '../../../adapters/github/memory.js';
import { scratch } from '../git/fixtures.js';

const DAY = 24 * 3_600_000;

describe('the memory of a branch', () => {
  it('keeps every change of those that come at once', async () => {
    const file = join(scratch(), 'memory.json');
    const memory = openMemory(file);
    const add = (n: number) =>
      memory.update((known) => ({ ...known, uploads: { ...known.uploads, [String(n)]: n } }));
    await Promise.all(Array.from({ length: 20 }, (_, n) => add(n)));
    expect(Object.keys((await openMemory(file).read()).uploads)).toHaveLength(20);
  });

  it('goes on after a change that failed, and takes a torn file for none', async () => {
    const file = join(scratch(), 'memory.json');
    const memory = openMemory(file);
    const failing = memory.update(() => {
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    await memory.update((known) => ({ ...known, uploads: { a: 1 } }));
    expect((await memory.read()).uploads).toEqual({ a: 1 });
    await writeFile(file, '{"uploads":{"a"');
    expect(await memory.read()).toEqual({ move: null, uploads: {} });
  });

  it('believes an upload for a day, and none from the future', () => {
    const now = 1_800_000_000_000;
    const uploads = { young: now - 1, now, old: now - DAY, ahead: now + 1 };
    expect([...standingUploads({ move: null, uploads }, now)].sort()).toEqual(['now', 'young']);
  });
});
