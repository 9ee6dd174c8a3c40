import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { endOrphans } from '../../workers/orphans.js';

describe('endOrphans', () => {
  it('ends only the process whose arguments are exactly ours', async () => {
    const mark = `/scratch/${process.pid}/temporal.db`;
    const start = (path: string) =>
      spawn('/bin/sh', ['-c', 'while :; do sleep 0.1; done', 'start-dev', path]);
    const [ours, other] = [start(mark), start(`${mark}2`)];
    await Promise.all([once(ours, 'spawn'), once(other, 'spawn')]);
    const ended = once(ours, 'exit');
    expect(await endOrphans(['start-dev', mark])).toEqual([ours.pid]);
    await ended;
    expect(other.exitCode).toBeNull();
    expect(await endOrphans(['start-dev', mark])).toEqual([]);
    other.kill('SIGKILL');
    await once(other, 'exit');
  });
});
