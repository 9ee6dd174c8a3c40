import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openNdjsonFiles } from '../../../adapters/files/ndjson.js';
import { type CachedFile, loadStatCache, lookUp, saveStatCache } from '../../../adapters/files/stat-cache.js';

const INO = '18446744073709551615';
const STAT = `1794996400000000000 1794996400000000000 5 ${INO}`;

function entry(path: string, overrides: Partial<CachedFile> = {}): CachedFile {
  return { path, stat: STAT, oid: 'a'.repeat(40), sha256: 'b'.repeat(64), ...overrides };
}

function cacheFile(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-cache-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return path.join(dir, 'state', 'stat-cache.ndjson');
}

const load = (file: string) => loadStatCache(openNdjsonFiles(), file);
const save = (file: string, files: readonly CachedFile[]) => saveStatCache(openNdjsonFiles(), file, files);

describe('the stat cache', () => {
  it('comes back as it was saved, whatever the names', async () => {
    const file = cacheFile();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 })), async (names) => {
        const rows = names.map((name, index) => entry(name, { stat: `1 2 ${String(index)} 4` }));
        await save(file, rows);
        expect(await load(file)).toEqual(new Map(rows.map((row) => [row.path, row])));
      }),
      { numRuns: 20 },
    );
    expect(readdirSync(path.dirname(file))).toHaveLength(1);
  });

  it('is empty when it is absent, torn at any byte, or of another make', async () => {
    const file = cacheFile();
    expect((await load(file)).size).toBe(0);
    await save(file, [entry('a'), entry('b')]);
    expect((await load(file)).size).toBe(2);
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(file, bytes.subarray(0, length));
      expect((await load(file)).size).toBe(0);
    }
    for (const [good, bad] of [
      ['stat-cache-2', 'stat-cache-3'],
      [STAT, 7],
      ['b'.repeat(64), 'b'.repeat(63)],
      ['a'.repeat(40), 'A'.repeat(40)],
    ] as const) {
      const [from, to] = [JSON.stringify(good), JSON.stringify(bad)];
      expect(bytes.toString()).toContain(from);
      writeFileSync(file, bytes.toString().replace(from, to));
      expect((await load(file)).size, to).toBe(0);
    }
  });

  it('answers only for untouched files', () => {
    const cached = entry('a');
    const cache = new Map([['a', cached]]);
    expect(lookUp(cache, 'a', STAT)).toBe(cached);
    expect(lookUp(cache, 'b', STAT)).toBeNull();
    for (const part of [0, 1, 2, 3]) {
      const touched = STAT.split(' ').with(part, '7').join(' ');
      expect(lookUp(cache, 'a', touched), touched).toBeNull();
    }
  });
});
