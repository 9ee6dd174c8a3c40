import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type CachedFile, loadStatCache, lookUp, saveStatCache } from '../../../adapters/files/stat-cache.js';

const SECOND = 1_000_000_000n;
const NOW = 1_795_000_000n * SECOND;

function entry(overrides: Partial<CachedFile> = {}): CachedFile {
  const old = String(NOW - 3_600n * SECOND);
  const ids = { oid: 'a'.repeat(40), sha256: 'b'.repeat(64), mode: '100644' as const };
  return {
    mtimeNs: old,
    ctimeNs: old,
    size: 5,
    ino: '18446744073709551615',
    ...ids,
    seenNs: String(NOW),
    ...overrides,
  };
}

function cacheFile(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-cache-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return path.join(dir, 'state', 'stat-cache.ndjson');
}

describe('the stat cache', () => {
  it('comes back as it was saved, whatever the names', async () => {
    const file = cacheFile();
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.string({ unit: 'grapheme', minLength: 1 })), async (names) => {
        const cache = new Map(names.map((name, index) => [name, entry({ size: index })]));
        await saveStatCache(file, cache);
        expect(await loadStatCache(file)).toEqual(cache);
      }),
      { numRuns: 20 },
    );
    expect(readdirSync(path.dirname(file))).toHaveLength(1);
  });

  it('is empty when it is absent, torn at any byte, or of another make', async () => {
    const file = cacheFile();
    expect((await loadStatCache(file)).size).toBe(0);
    await saveStatCache(
      file,
      new Map([
        ['a', entry()],
        ['b', entry()],
      ]),
    );
    const bytes = readFileSync(file);
    for (let length = 0; length < bytes.length; length += 1) {
      writeFileSync(file, bytes.subarray(0, length));
      const { size } = await loadStatCache(file);
      // A cut exactly behind a line is a shorter cache, and as true as the whole.
      if (bytes[length - 1] !== 0x0a) expect(size).toBe(0);
    }
    writeFileSync(file, bytes.toString().replace('"version":1', '"version":2'));
    expect((await loadStatCache(file)).size).toBe(0);
    writeFileSync(file, bytes.toString().replace('100644', '120000'));
    expect((await loadStatCache(file)).size).toBe(0);
  });

  it('answers only for untouched files', () => {
    const cached = entry();
    const cache = new Map([['a', cached]]);
    expect(lookUp(cache, 'a', cached)).toBe(cached);
    expect(lookUp(cache, 'b', cached)).toBeNull();
    for (const touched of [{ mtimeNs: '1' }, { ctimeNs: '1' }, { size: 6 }, { ino: '7' }]) {
      expect(lookUp(cache, 'a', { ...cached, ...touched })).toBeNull();
    }
  });

  it('does not trust stamps within two seconds of the scan that recorded them', () => {
    const stamps = fc.record({
      mtime: fc.bigInt({ min: -5_000_000_000n, max: 5_000_000_000n }),
      ctime: fc.bigInt({ min: -5_000_000_000n, max: 5_000_000_000n }),
    });
    fc.assert(
      fc.property(stamps, ({ mtime, ctime }) => {
        const cached = entry({ mtimeNs: String(NOW + mtime), ctimeNs: String(NOW + ctime) });
        const trusted = lookUp(new Map([['a', cached]]), 'a', cached) !== null;
        expect(trusted).toBe(mtime < -2n * SECOND && ctime < -2n * SECOND);
      }),
    );
  });
});
