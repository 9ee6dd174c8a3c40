import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { keepAlive, type Keeper, type KeeperOptions } from '../../workers/keeper.js';
import { until } from '../support/until.js';

describe('keepAlive', () => {
  it('starts a killed child again and says so in one line', async () => {
    const { keeper, lines } = keep('exec sleep 60');
    const first = await pid(keeper);
    process.kill(first, 'SIGKILL');
    const second = await until(() => {
      const now = keeper.child()?.pid;
      return now !== first ? now : null;
    });
    expect(second).not.toBe(first);
    expect(keeper.restarts()).toBe(1);
    expect(lines).toEqual(['child was ended by SIGKILL; starting it again in 250 ms']);
    await keeper.stop(5000);
    expect(keeper.child()).toBeNull();
  });

  it('kills what a dead child had started before its successor runs', async () => {
    const { keeper, output } = keep('sleep 300 & echo $!; exec sleep 60');
    const child = await pid(keeper);
    const grandchild = Number(await until(() => output()[0]));
    process.kill(child, 'SIGKILL');
    await until(() => !exists(grandchild));
    await keeper.stop(5000);
  });

  it('kills a child that does not stop in time', async () => {
    const { keeper, lines, output } = keep('trap "" TERM; echo deaf; while :; do sleep 0.05; done');
    const child = await pid(keeper);
    await until(() => output()[0]);
    await keeper.stop(200);
    expect(exists(child)).toBe(false);
    expect(lines).toEqual(['child did not stop in 0.2 s and is killed']);
  });

  it('gives up on a start that is hopeless, and stop still returns', async () => {
    let starts = 0;
    const keeper = keepAlive({
      ...quiet(),
      start: () => {
        starts += 1;
        return Promise.reject(new Error('no program'));
      },
      hopeless: () => true,
    });
    await keeper.stop(1000);
    expect(starts).toBe(1);
  });

  it('tries again when a program cannot be started', async () => {
    const lines: string[] = [];
    const keeper = keepAlive({
      ...quiet(),
      say: (line) => lines.push(line),
      start: () => Promise.resolve(spawn('/nowhere/program', { detached: true })),
    });
    await until(() => keeper.restarts() >= 2);
    expect(lines[0]).toMatch(/could not be started \(.*ENOENT.*\); starting it again in 250 ms/);
    await keeper.stop(1000);
  });

  it('renews a child in good order without a word of trouble', async () => {
    const { keeper, lines } = keep('exec sleep 60');
    const first = await pid(keeper);
    keeper.renew();
    await until(() => keeper.child() !== null && keeper.child()?.pid !== first);
    expect(lines).toEqual([]);
    keeper.kill();
    await keeper.stop(1000);
  });
});

function quiet(): Pick<KeeperOptions, 'name' | 'ask' | 'say' | 'changed'> {
  return {
    name: 'child',
    ask: (child) => child.kill('SIGTERM'),
    say: () => undefined,
    changed: () => undefined,
  };
}

function keep(script: string) {
  const lines: string[] = [];
  let text = '';
  const keeper = keepAlive({
    ...quiet(),
    say: (line) => lines.push(line),
    start: () => {
      const child = spawn('/bin/sh', ['-c', script], {
        detached: true,
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')));
      return Promise.resolve(child);
    },
  });
  return { keeper, lines, output: () => text.split('\n').filter((line) => line !== '') };
}

async function pid(keeper: Keeper): Promise<number> {
  return until(() => keeper.child()?.pid);
}

function exists(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}
