import { cp, mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openJournal } from '../../../adapters/journal/append.js';
import { verifyJournal } from '../../../adapters/journal/verify.js';

const NAMES = ['2026-11-22.ndjson', '2026-11-23.ndjson'];
let scratch: string;
let dir: string;

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'nxs-journal-'));
  dir = join(scratch, 'journal');
  for (const day of [0, 1]) {
    const journal = openJournal({ dir, node: 'home', clock: () => Date.UTC(2026, 10, 22 + day) });
    for (const number of [0, 1, 2]) {
      const data = { pid: number, reason: 'naïve ☂' };
      await journal.append([{ id: `d${day}-${number}`, type: 'control-plane.stopped', data }]);
    }
  }
});
afterAll(() => rm(scratch, { recursive: true, force: true }));

/** A copy of the journal to damage. */
async function copy(): Promise<string> {
  const to = join(scratch, 'copy');
  await rm(to, { recursive: true, force: true });
  await cp(dir, to, { recursive: true });
  return to;
}

describe('the check of a journal on disk', () => {
  it('finds any single changed byte, newlines included', async () => {
    const pick = fc.record({
      file: fc.constantFrom(...NAMES),
      at: fc.nat(),
      xor: fc.integer({ min: 1, max: 255 }),
    });
    await fc.assert(
      fc.asyncProperty(pick, async ({ file, at, xor }) => {
        const path = join(await copy(), file);
        const bytes = await readFile(path);
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ xor;
        await writeFile(path, bytes);
        expect((await verifyJournal(join(scratch, 'copy'))).ok).toBe(false);
      }),
      { numRuns: 60 },
    );
    const last = join(await copy(), '2026-11-23.ndjson');
    const bytes = await readFile(last);
    bytes[bytes.length - 1] = 0x20;
    await writeFile(last, bytes);
    expect(await verifyJournal(join(scratch, 'copy'))).toMatchObject({
      ok: false,
      breaks: [{ kind: 'cut_end' }],
    });
  });

  it('finds a file that was cut at any byte', async () => {
    const pick = fc.record({ file: fc.constantFrom(...NAMES), at: fc.nat() });
    await fc.assert(
      fc.asyncProperty(pick, async ({ file, at }) => {
        const path = join(await copy(), file);
        await truncate(path, at % (await readFile(path)).length);
        expect((await verifyJournal(join(scratch, 'copy'))).ok).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('finds a removed or changed head record, and removed files', async () => {
    for (const name of ['head.json', ...NAMES]) {
      const damaged = await copy();
      await rm(join(damaged, name));
      expect((await verifyJournal(damaged)).ok, name).toBe(false);
    }
    const damaged = await copy();
    await writeFile(join(damaged, 'head.json'), '{}');
    expect(await verifyJournal(damaged)).toMatchObject({ breaks: [{ kind: 'head', file: 'head.json' }] });
    expect(await verifyJournal(dir)).toMatchObject({ ok: true, events: 6, files: 2 });
  });

  it('can be cancelled', async () => {
    const signal = AbortSignal.abort();
    await expect(verifyJournal(dir, signal)).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
