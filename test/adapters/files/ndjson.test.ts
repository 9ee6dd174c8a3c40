import { mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openNdjsonFiles } from '../../../adapters/files/ndjson.js';

function scratchFile(): string {
  const dir = mkdtempSync(path.join(tmpdir(), 'nxs-ndjson-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  return path.join(dir, 'values.ndjson');
}

// Each by itself, so that what is read is what the disk says.
const read = (file: string, kind: string) => openNdjsonFiles().read(file, kind);
const write = (file: string, kind: string, header: object, lines: readonly unknown[]) =>
  openNdjsonFiles().write(file, kind, header, lines);
const values = (count: number): string[] => Array.from({ length: count }, (_, n) => `${String(n)}\n🦊`);

describe('a state file of many values', () => {
  it('gives back header and values, whatever their number', async () => {
    const file = scratchFile();
    for (const count of [0, 1, 255, 256, 257, 512, 3000]) {
      await write(file, 'numbers', { more: 'x' }, values(count));
      const found = await read(file, 'numbers');
      expect(found?.header).toEqual({ nxs: 'numbers', lines: count, more: 'x' });
      expect(found?.lines).toEqual(values(count));
    }
    expect(readdirSync(path.dirname(file))).toHaveLength(1);
  });

  it('takes any JSON, and lines larger than what is read at once', async () => {
    const file = scratchFile();
    const long = ['é'.repeat(400_000), 'x'.repeat(256 * 1024), 'end'];
    await write(file, 'k', {}, long);
    expect((await read(file, 'k'))?.lines).toEqual(long);
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (list) => {
        await write(file, 'k', {}, list);
        expect((await read(file, 'k'))?.lines).toEqual(JSON.parse(JSON.stringify(list)));
      }),
      { numRuns: 30 },
    );
  });

  it('reads as null when it is absent, of another kind, or torn at any byte', async () => {
    const file = scratchFile();
    expect(await read(file, 'k')).toBeNull();
    await write(file, 'k', {}, values(300));
    expect(await read(file, 'other')).toBeNull();
    const bytes = readFileSync(file);
    const cuts = [0, 1, 20, bytes.indexOf(0x0a), bytes.indexOf(0x0a) + 1, bytes.lastIndexOf(0x0a)];
    cuts.push(bytes.lastIndexOf(0x0a, bytes.length - 2), bytes.lastIndexOf(0x0a, bytes.length - 2) + 1);
    for (const cut of cuts) {
      writeFileSync(file, bytes.subarray(0, cut));
      expect(await read(file, 'k'), String(cut)).toBeNull();
    }
  });

  it('reads as null when a block is missing, twice there, or no block at all', async () => {
    const file = scratchFile();
    await write(file, 'k', {}, values(600));
    const [head, a, b, c] = readFileSync(file, 'utf8').split('\n') as [string, string, string, string];
    for (const lines of [[head, a, c], [head, a, b, b, c], [head, a, b, c, '{}'], [a, b, c], ['null'], []]) {
      writeFileSync(file, [...lines, ''].join('\n'));
      expect(await read(file, 'k')).toBeNull();
    }
  });

  it('is given from memory only while nobody touches it', async () => {
    const file = scratchFile();
    const [mine, other] = [openNdjsonFiles(), openNdjsonFiles()];
    const lines = values(300);
    await mine.write(file, 'k', { by: 'me' }, lines);
    const found = await mine.read(file, 'k');
    expect(found?.lines).toBe(lines);
    expect(found?.header).toEqual((await other.read(file, 'k'))?.header);
    expect((await other.read(file, 'k'))?.lines).toEqual(lines);
    expect(await mine.read(file, 'another')).toBeNull();
    await other.write(file, 'k', {}, ['new']);
    expect((await mine.read(file, 'k'))?.lines).toEqual(['new']);
    truncateSync(file, 5);
    expect(await mine.read(file, 'k')).toBeNull();
    rmSync(file);
    expect(await mine.read(file, 'k')).toBeNull();
  });
});
