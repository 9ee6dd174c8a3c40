import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { commandLine, identify, isAlive } from '../../../adapters/files/process-identity.js';

describe('process identity', () => {
  it('is stable for one process and differs from that of another', async () => {
    const first = await identify(process.pid);
    expect(first).not.toBeNull();
    expect(await identify(process.pid)).toEqual(first);
    expect(await identify(process.ppid)).not.toEqual(first);
  });

  it('is gone when the process is', async () => {
    const child = spawn('sleep', ['60']);
    await once(child, 'spawn');
    const identity = await identify(child.pid ?? 0);
    if (identity === null) throw new Error('the child has no identity');
    expect(await isAlive(identity)).toBe(true);
    expect(await commandLine(identity.pid)).toBe('sleep 60');
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(await isAlive(identity)).toBe(false);
    expect(await commandLine(identity.pid)).toBe('');
  });

  it('takes a zombie for dead', async () => {
    // The shell replaces itself by a program that never reaps its finished child.
    const parent = spawn('/bin/sh', ['-c', 'true & echo $!; exec sleep 60']);
    const [chunk] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString('utf8'));
    await expect.poll(() => identify(pid)).toBeNull();
    parent.kill('SIGKILL');
    await once(parent, 'exit');
  });
});
