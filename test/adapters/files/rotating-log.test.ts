import { mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { openRotatingLog } from '../../../adapters/files/rotating-log.js';

describe('openRotatingLog', () => {
  it('never keeps more bytes than its limits allow, and loses only the oldest', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'log-')), 'logs', 'a.log');
    const log = openRotatingLog(path, { size: 100, keep: 2 });
    for (let line = 0; line < 100; line++) log.write(`line ${String(line).padStart(3, '0')}\n`);
    log.close();
    const names = (await readdir(join(path, '..'))).sort();
    expect(names).toEqual(['a.log', 'a.log.1', 'a.log.2']);
    const texts = await Promise.all([2, 1].map((index) => readFile(`${path}.${index}`, 'utf8')));
    const all = [...texts, await readFile(path, 'utf8')].join('').trimEnd().split('\n');
    expect(all.at(-1)).toBe('line 099');
    expect(all).toEqual([...all].sort());
    for (const name of names) expect((await stat(join(path, '..', name))).size).toBeLessThanOrEqual(100);
  });

  it('goes on in the file of an earlier start, owner-only', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'log-')), 'a.log');
    await writeFile(path, 'before\n', { mode: 0o644 });
    const log = openRotatingLog(path);
    log.write(Buffer.from('after\n'));
    log.close();
    log.write('nobody reads this');
    expect(await readFile(path, 'utf8')).toBe('before\nafter\n');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  });
});
