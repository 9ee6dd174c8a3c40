import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isSettled, statKey, statLine } from '../../../adapters/files/stat-key.js';

const SECOND = 1_000_000_000n;
const NOW = 1_795_000_000n * SECOND;

describe('a stat line', () => {
  it('says all that the key says', () => {
    const dir = mkdtempSync(path.join(tmpdir(), 'nxs-stat-'));
    onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
    writeFileSync(path.join(dir, 'file'), 'hello');
    const stats = statSync(path.join(dir, 'file'), { bigint: true });
    const { mtimeNs, ctimeNs, size, ino } = statKey(stats);
    expect(statLine(stats)).toBe([mtimeNs, ctimeNs, String(size), ino].join(' '));
  });

  it('is not settled within two seconds of the scan that saw it', () => {
    const offset = fc.bigInt({ min: -5_000_000_000n, max: 5_000_000_000n });
    fc.assert(
      fc.property(offset, offset, (mtime, ctime) => {
        const line = `${String(NOW + mtime)} ${String(NOW + ctime)} 5 7`;
        expect(isSettled(line, NOW)).toBe(mtime < -2n * SECOND && ctime < -2n * SECOND);
      }),
    );
  });
});
