// Sync and somebody else replace one file in the same moments. Whatever was in the file at any time was taken out by him (he knows
// what he replaced), is kept by us, or is still there.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { loadExchange } from '../../../adapters/workspace/exchange.js';
import { hashBytes } from '../../../adapters/files/hash.js';
import { change, contentsOf, copiesOf, filesOf, idOf, place, put } from './fixtures.js';

const ROOT = path.resolve(import.meta.dirname, '../../..');
const SECONDS = process.env['NXS_TEST_LONG'] === '1' ? 60 : 2;

interface Told {
  readonly entered: readonly string[];
  readonly left: readonly string[];
  readonly readings: { readonly good: number; readonly absent: number; readonly mixed: number };
}

describe.skipIf(loadExchange() === null)('a writer beside us', () => {
  it.each([
    ['with an exchange of names: no reader finds nothing', true],
    ['without one', false],
  ])(
    'loses nothing, %s',
    async (_name, exchanging) => {
      const at = await place({ exchange: exchanging ? loadExchange() : null });
      const file = put(at.root, 'a.md', 'start');
      const writer = spawn(process.execPath, [path.join(import.meta.dirname, 'race-writer.cjs'), file, ROOT]);
      const parts: string[] = [];
      const started = new Promise<void>((resolve) => writer.stdout.once('data', () => resolve()));
      writer.stdout.setEncoding('utf8').on('data', (part: string) => parts.push(part));
      await started;
      const applied: string[] = [];
      const end = performance.now() + SECONDS * 1000;
      for (let serial = 1; performance.now() < end || applied.length === 0; serial += 1) {
        const content = `sync ${serial} ${'x'.repeat(2 * (serial % 500))}`;
        // He may be too fast for a look.
        const now = await at.workspace.look('a.md').catch(() => null);
        const wanted = hashBytes(Buffer.from(content)).oid;
        const changed = { ...change('a.md', null, content), expected: now };
        const [result] = await at.workspace.apply(`c${serial}`, [changed], contentsOf(content));
        if (result?.result === 'done') applied.push(wanted);
        await at.workspace.settle();
        await sleep(Math.random() * 10);
      }
      writer.stdin.end();
      await new Promise((resolve) => writer.once('close', resolve));
      const told = JSON.parse(parts.join('').replace('ready\n', '')) as Told;
      const found = new Set([
        ...told.left,
        ...copiesOf(at).map(idOf),
        ...Object.values(filesOf(at.root)).map(idOf),
      ]);
      const lost = [idOf('start'), ...told.entered, ...applied].filter((id) => !found.has(id));
      expect(lost).toEqual([]);
      expect(told.entered.length).toBeGreaterThan(0);
      expect(applied.length).toBeGreaterThan(0);
      expect(told.readings.mixed).toBe(0);
      if (exchanging) expect(told.readings.absent).toBe(0);
    },
    (SECONDS + 30) * 1000,
  );
});
