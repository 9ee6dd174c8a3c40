import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShell } from '../../../adapters/shell/open-shell.js';
import { identify } from '../../../adapters/files/process-identity.js';
import type { CommandLine, Order, Shell } from '../../../domain/healing/ports.js';
import { ensureBuilt, ROOT } from '../../support/e2e-cli.js';
import { seeded, seedOf } from '../../support/e2e-random.js';
import { until } from '../../support/until.js';
import { bundleScript } from '../journal/support/run-script.js';

const RUNNER = join(ROOT, 'dist/adapters/shell/runner-main.js');
const ROUNDS = process.env['NXS_TEST_LONG'] === '1' ? 60 : 5;
const NEVER = new AbortController().signal;

let root: string;
let shell: Shell;
let waiterScript: string;
beforeAll(async () => {
  ensureBuilt();
  root = await mkdtemp(join(tmpdir(), 'nxs-shell-'));
  waiterScript = bundleScript(join(import.meta.dirname, 'fixtures/waiter.ts'), join(root, 'waiter.mjs'));
  shell = openShell({
    dir: join(root, 'orders'),
    env: { ...process.env, NXS_SECRET_TOKEN: 'hidden' },
    runner: RUNNER,
  });
}, 120_000);
afterAll(() => rm(root, { recursive: true, force: true }));

const sh = (text: string): CommandLine => ({ kind: 'sh', sh: text });
const order = (id: string, commands: readonly CommandLine[], timeout = 20_000): Order => ({
  id,
  steps: commands.map((command) => ({ command, timeout })),
});
const file = (name: string) => join(root, name);
const linesOf = (name: string) => readFileSync(file(name), 'utf8').trim().split('\n');

describe('an order', () => {
  it('runs its commands one after the other, and says how they ended', async () => {
    const done = await shell.carryOut(
      order('two', [sh(`echo one >> ${file('two')}`), sh(`echo two >> ${file('two')}; echo said`)]),
      NEVER,
    );
    expect(done.state).toBe('done');
    expect(done.steps.map(({ code, output }) => [code, output])).toEqual([
      [0, ''],
      [0, 'said\n'],
    ]);
    expect(linesOf('two')).toEqual(['one', 'two']);
  });

  it('stops at the first command that fails', async () => {
    const done = await shell.carryOut(
      order('fails', [sh('echo broken >&2; exit 3'), sh(`touch ${file('after')}`)]),
      NEVER,
    );
    expect(done).toMatchObject({ state: 'failed', steps: [{ code: 3, output: 'broken\n' }] });
    expect(() => readFileSync(file('after'))).toThrow();
  });

  it('says when there is no such command', async () => {
    const done = await shell.carryOut(order('absent', [{ kind: 'argv', argv: ['/no/such/program'] }]), NEVER);
    expect(done.steps[0]?.failure).toContain('there is no command "program"');
  });

  it('hands words on as they are: no shell takes part', async () => {
    const done = await shell.carryOut(
      order('words', [{ kind: 'argv', argv: ['printf', '%s', '$(id);`id` > x | y'] }]),
      NEVER,
    );
    expect(done.steps[0]?.output).toBe('$(id);`id` > x | y');
  });

  it('gives nothing of our environment to a command', async () => {
    const done = await shell.carryOut(order('env', [sh('env')]), NEVER);
    expect(done.steps[0]?.output).toMatch(/^PATH=.*\/usr\/sbin/m);
    expect(done.steps[0]?.output).not.toMatch(/NXS_|hidden/);
  });

  it('ends a command that hangs and does not hear TERM, with what it started', async () => {
    const text = `trap '' TERM; sleep 300 & echo $! > ${file('child')}; while :; do sleep 1; done`;
    const done = await shell.carryOut(order('hangs', [sh(text)], 300), NEVER);
    expect(done).toMatchObject({ state: 'failed', steps: [{ timedOut: true, signal: 'SIGKILL' }] });
    await until(async () => (await identify(Number(linesOf('child')[0]))) === null, 5_000);
  });

  it('does not wait for what a command leaves in the background', async () => {
    const done = await shell.carryOut(order('leaves', [sh(`sleep 20 & echo $! > ${file('left')}`)]), NEVER);
    process.kill(Number(linesOf('left')[0]), 'SIGKILL');
    expect(done.state).toBe('done');
    expect(done.steps[0]?.ms).toBeLessThan(15_000);
  });

  it('reads a flood to its end and keeps the tail', async () => {
    const done = await shell.carryOut(
      order('flood', [sh('yes flood | head -c 30000000; echo the end')]),
      NEVER,
    );
    expect(done.state).toBe('done');
    expect(done.steps[0]?.output.endsWith('the end\n')).toBe(true);
    expect(Buffer.byteLength(done.steps[0]?.output ?? '')).toBeLessThanOrEqual(4096);
  });

  it('is refused without commands, and under a name that leaves its place', async () => {
    await expect(shell.carryOut(order('empty', []), NEVER)).rejects.toMatchObject({ code: 'USAGE' });
    await expect(shell.carryOut(order('../out', [sh('true')]), NEVER)).rejects.toMatchObject({
      code: 'USAGE',
    });
  });

  it('is refused with other commands under the same name', async () => {
    await shell.carryOut({ ...order('same', [sh('exit 0')]) }, NEVER);
    rmSync(join(root, 'orders', 'same', 'done.json'));
    await expect(shell.carryOut(order('same', [sh('exit 1')]), NEVER)).rejects.toMatchObject({
      code: 'STATE_UNREADABLE',
    });
  });
});

describe('once', () => {
  it('for many who ask at the same time', async () => {
    const asked = order('many', [sh(`echo ran >> ${file('many')}; sleep 0.2`)]);
    const done = await Promise.all(Array.from({ length: 6 }, () => shell.carryOut(asked, NEVER)));
    expect(new Set(done.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(linesOf('many')).toEqual(['ran']);
  });

  it('however often whoever waits is killed', async () => {
    const random = seeded(seedOf(7));
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = `killed-${round}`;
      const asked = order(name, [sh(`echo ran >> ${file(name)}; sleep 0.2; echo ended >> ${file(name)}`)]);
      const waiter = spawn(
        process.execPath,
        [waiterScript, join(root, 'orders'), RUNNER, JSON.stringify(asked)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      await once(waiter.stdout, 'data');
      await sleep(random.below(400));
      waiter.kill('SIGKILL');
      const done = await shell.carryOut(asked, NEVER);
      expect(done.state).toBe('done');
      expect(linesOf(name)).toEqual(['ran', 'ended']);
    }
  }, 120_000);

  it('and never again when its runner was killed: the outcome is unknown', async () => {
    const asked = order('lost', [sh(`echo $PPID > ${file('lost')}; sleep 30`)]);
    const waiting = shell.carryOut(asked, NEVER);
    const pid = await until(() => Number(linesOf('lost')[0]));
    process.kill(pid, 'SIGKILL');
    expect(await waiting).toEqual({ state: 'unknown', steps: [] });
    expect(await shell.carryOut(asked, NEVER)).toEqual({ state: 'unknown', steps: [] });
    expect(linesOf('lost')).toHaveLength(1);
  });

  it('also over a start of the machine', async () => {
    const asked = order('boot', [sh(`touch ${file('boot')}`)]);
    const dir = join(root, 'orders', 'boot');
    mkdirSync(dir, { recursive: true });
    writeFileSync(
      join(dir, 'started.json'),
      JSON.stringify({ pid: 2 ** 22 - 1, started: '1', boot: 'another boot' }),
    );
    expect((await shell.carryOut(asked, NEVER)).state).toBe('rebooted');
    expect(() => readFileSync(file('boot'))).toThrow();
  });
});

it('ends only the waiting when it is cancelled', async () => {
  const over = new AbortController();
  const asked = order('cancelled', [sh(`sleep 0.3; echo ran >> ${file('cancelled')}`)]);
  const waiting = shell.carryOut(asked, over.signal);
  over.abort();
  await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  expect((await shell.carryOut(asked, NEVER)).state).toBe('done');
  expect(linesOf('cancelled')).toEqual(['ran']);
});

it('forgets orders that ended long ago', async () => {
  await shell.carryOut(order('old', [sh('true')]), NEVER);
  await shell.prune(Date.now() + 60_000);
  expect(() => readFileSync(join(root, 'orders', 'old', 'order.json'))).toThrow();
});
