import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

const MODULE = join(import.meta.dirname, '../../scripts/support/lock.mjs');
const { withLock } = (await import(MODULE)) as {
  readonly withLock: <T>(work: () => Promise<T>, directory: string) => Promise<T>;
};

let directory = '';
const lock = (): string => join(directory, '.bootstrap.lock');

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'lock-'));
});

describe('the set-up lock', () => {
  it('lets processes in one at a time', async () => {
    const log = join(directory, 'log');
    const source = `
      import { appendFileSync } from 'node:fs';
      import { setTimeout } from 'node:timers/promises';
      import { withLock } from ${JSON.stringify(MODULE)};
      await withLock(async () => {
        appendFileSync(${JSON.stringify(log)}, 'in ');
        await setTimeout(20);
        appendFileSync(${JSON.stringify(log)}, 'out ');
      }, ${JSON.stringify(directory)});`;
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: 'ignore' }),
    );
    const codes = await Promise.all(children.map(async (child) => (await once(child, 'exit'))[0] as number));
    expect(codes).toEqual([0, 0, 0, 0]);
    expect(readFileSync(log, 'utf8')).toBe('in out '.repeat(4));
    expect(existsSync(lock())).toBe(false);
  });

  it('is taken over from a process that died', async () => {
    const child = spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' });
    await once(child, 'exit');
    writeFileSync(lock(), JSON.stringify({ pid: child.pid, host: hostname(), nonce: '1' }));
    expect(await withLock(async () => 'done', directory)).toBe('done');
  });

  it('is taken over from a holder that has not touched it for minutes, though its pid is in use', async () => {
    writeFileSync(lock(), JSON.stringify({ pid: process.pid, host: hostname(), nonce: '1' }));
    const old = new Date(Date.now() - 600_000);
    utimesSync(lock(), old, old);
    expect(await withLock(async () => 'done', directory)).toBe('done');
  });

  it('is given back when the work fails', async () => {
    await expect(withLock(() => Promise.reject(new Error('no')), directory)).rejects.toThrow('no');
    expect(existsSync(lock())).toBe(false);
  });

  it('of another process is not removed at the end', async () => {
    const other = JSON.stringify({ pid: 1, host: 'elsewhere', nonce: '2' });
    await withLock(async () => writeFileSync(lock(), other), directory);
    expect(readFileSync(lock(), 'utf8')).toBe(other);
  });
});
