// Probes of this machine: real processes; only systemctl is a script of ours, first on PATH.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { identify } from '../../../adapters/files/process-identity.js';
import { openHost } from '../../../adapters/host/open-host.js';
import type { Host, Probe } from '../../../domain/healing/ports.js';
import { until } from '../../support/until.js';

const NEVER = new AbortController().signal;
const LONG = 20_000;

const scratch = mkdtempSync(join(tmpdir(), 'nxs-probes-'));
const bin = join(scratch, 'bin');
const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` };
const host = openHost({ env });
const probe: Host['probe'] = (each, signal) => host.probe(each, signal);
const file = (name: string) => join(scratch, name);

beforeAll(() => mkdirSync(bin));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

function start(program: string, args: readonly string[]): ChildProcess & { pid: number } {
  const child = spawn(program, args, { stdio: 'ignore' });
  closing.push(() => child.kill('SIGKILL'));
  if (child.pid === undefined) throw new Error(`${program} was not started`);
  return child as ChildProcess & { pid: number };
}

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function script(name: string, text: string): string {
  writeFileSync(join(bin, name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(bin, name), 0o755);
  return join(bin, name);
}

describe('a process probe', () => {
  it('finds a process by its name, knows it again, and sees that it is gone', async () => {
    const program = file('nxs-probed');
    copyFileSync('/bin/sleep', program);
    const named: Probe = { type: 'process', name: 'nxs-probed', timeout: LONG };
    expect(await probe(named, NEVER)).toMatchObject({
      state: 'bad',
      detail: 'no process is named nxs-probed',
    });
    const child = start(program, ['300']);
    const found = await until(async () => {
      const reading = await probe(named, NEVER);
      return reading.state === 'good' ? reading : null;
    }, 5_000);
    expect(found.detail).toBe(`nxs-probed runs (pid ${child.pid})`);
    expect(found.instance).toMatch(new RegExp(`^${child.pid}:\\d+$`));
    expect(await probe(named, NEVER)).toEqual(found);
    await end(child);
    expect((await probe(named, NEVER)).state).toBe('bad');
  });

  it('finds a name that is longer than the kernel keeps, and not another one that begins the same', async () => {
    const program = file('nxs-with-a-long-name-one');
    copyFileSync('/bin/sleep', program);
    const child = start(program, ['300']);
    const ask = (name: string) => probe({ type: 'process', name, timeout: LONG }, NEVER);
    await until(async () => (await ask('nxs-with-a-long-name-one')).state === 'good', 5_000);
    expect((await ask('nxs-with-a-long-name-two')).state).toBe('bad');
    await end(child);
  });

  it('sees by a pid file whether it runs, and another instance after a restart', async () => {
    const pidFile = file('daemon.pid');
    const ask = () => probe({ type: 'process', pid_file: pidFile, timeout: LONG }, NEVER);
    expect(await ask()).toMatchObject({ state: 'bad', detail: `there is no pid file ${pidFile}` });
    const [first, second] = [start('sleep', ['300']), start('sleep', ['300'])];
    writeFileSync(pidFile, `${first.pid}\n`);
    const before = await ask();
    expect(before).toMatchObject({ state: 'good', detail: `the process ${first.pid} runs` });
    await end(first);
    expect((await ask()).state).toBe('bad');
    writeFileSync(pidFile, String(second.pid));
    expect((await ask()).instance).not.toBe(before.instance);
    for (const text of ['', 'abc', '-1', '1 2', '12345678901']) {
      writeFileSync(pidFile, text);
      expect((await ask()).state, text).toBe('unknown');
    }
    rmSync(pidFile);
    mkdirSync(pidFile);
    expect(await ask()).toMatchObject({ state: 'unknown', detail: `${pidFile} cannot be read (EISDIR)` });
  });

  it('takes a process that only waits to be reaped for gone, and the oldest of many', async () => {
    const root = file('machine');
    const stat = (pid: number, name: string, state: string, started: number) => {
      mkdirSync(join(root, `proc/${pid}`), { recursive: true });
      const fields = Array.from({ length: 30 }, () => '0').with(18, String(started));
      writeFileSync(join(root, `proc/${pid}/stat`), `${pid} (${name}) ${state} ${fields.join(' ')}\n`);
    };
    const other = openHost({ env, root });
    const ask = (name: string) => other.probe({ type: 'process', name, timeout: LONG }, NEVER);
    expect(await ask('x')).toMatchObject({ state: 'unknown' });
    stat(7, 'zombie', 'Z', 1);
    stat(8, 'many', 'S', 900);
    stat(9, 'many', 'R', 1000);
    stat(10, 'od) S (d', 'S', 5);
    expect((await ask('zombie')).state).toBe('bad');
    expect((await ask('many')).instance).toBe('8:900');
    expect((await ask('od) S (d')).instance).toBe('10:5');
  });
});

describe('a command probe', () => {
  const sh = (text: string, timeout = LONG) => probe({ type: 'command', sh: text, timeout }, NEVER);

  it('goes by the exit code, and tells the last line', async () => {
    expect(await sh('echo fine')).toMatchObject({ state: 'good', detail: 'the command says well' });
    const bad = await sh('echo first; printf "worn\\tout\\n" >&2; exit 3');
    expect(bad.state).toBe('bad');
    expect(bad.detail).toMatch(/^the command ends with exit code 3: worn.out$/);
    expect(await sh('kill -9 $$')).toMatchObject({ state: 'bad', detail: 'the command ends with a signal' });
    const run: Probe = { type: 'command', run: ['/bin/sh', '-c', 'exit 1'], timeout: LONG };
    expect(await probe(run, NEVER)).toMatchObject({ state: 'bad', detail: 'sh ends with exit code 1' });
  });

  it('is unknown when it cannot be started', async () => {
    const run = (...words: string[]) => probe({ type: 'command', run: words, timeout: LONG }, NEVER);
    expect(await run('/no/such/program')).toMatchObject({
      state: 'unknown',
      detail: 'program could not be started (ENOENT)',
    });
    writeFileSync(file('plain'), 'no program');
    expect((await run(file('plain'))).detail).toBe('plain could not be started (EACCES)');
    expect((await run('')).state).toBe('unknown');
    expect((await run('a\0b')).state).toBe('unknown');
  });

  it('hands words on as they are, and gives nothing of our environment away', async () => {
    const secretive = openHost({ env: { ...env, NXS_SECRET: 'hidden' } });
    const words = [script('words', `printf '%s' "$1" > ${file('word')}; env > ${file('env')}`), '$(id) > x'];
    expect((await secretive.probe({ type: 'command', run: words, timeout: LONG }, NEVER)).state).toBe('good');
    expect(readFileSync(file('word'), 'utf8')).toBe('$(id) > x');
    expect(readFileSync(file('env'), 'utf8')).not.toMatch(/hidden/);
  });

  it('ends with all its children, that hear nothing as well, when its time is over', async () => {
    const text = `trap '' TERM; sleep 300 & echo $! $$ > ${file('pids')}; while :; do sleep 300; done`;
    // It has its time from the start, so it gets enough to write its pids.
    const began = performance.now();
    const reading = await sh(text, 1_000);
    expect(reading).toMatchObject({ state: 'unknown', detail: 'the command did not end in time' });
    expect(performance.now() - began).toBeGreaterThan(900);
    const pids = readFileSync(file('pids'), 'utf8').trim().split(' ').map(Number);
    expect(pids).toHaveLength(2);
    for (const pid of pids) await until(async () => (await identify(pid)) === null, 5_000);
  });
});

describe('a systemd probe', () => {
  const ask = (timeout = LONG, user = false) =>
    probe({ type: 'systemd', unit: 'agent.service', user, timeout }, NEVER);
  const systemctl = (text: string) => script('systemctl', `echo "$@" > ${file('asked')}\n${text}`);
  const unit = (load: string, active: string, sub: string, id = '') =>
    systemctl(`printf 'LoadState=${load}\\nActiveState=${active}\\nSubState=${sub}\\nInvocationID=${id}\\n'`);

  it('goes by the state of the unit, and knows a restart by its invocation', async () => {
    unit('loaded', 'active', 'running', 'abc');
    expect(await ask()).toEqual({
      state: 'good',
      detail: 'agent.service is active (running)',
      value: null,
      instance: 'abc',
    });
    expect(readFileSync(file('asked'), 'utf8')).toMatch(/^show --property=\S+ -- agent\.service\n$/);
    await ask(LONG, true);
    expect(readFileSync(file('asked'), 'utf8')).toMatch(/^--user show --property/);
    for (const [active, sub, state] of [
      ['reloading', 'reload', 'good'],
      ['activating', 'start', 'good'],
      ['activating', 'auto-restart', 'bad'],
      ['deactivating', 'stop-sigterm', 'bad'],
      ['inactive', 'dead', 'bad'],
      ['failed', 'failed', 'bad'],
    ] as const) {
      unit('loaded', active, sub, 'abc');
      expect(await ask()).toMatchObject({ state, detail: `agent.service is ${active} (${sub})` });
    }
  });

  it('is unknown where there is no such unit, no systemd, or no answer', async () => {
    unit('not-found', 'inactive', 'dead');
    expect(await ask()).toMatchObject({
      state: 'unknown',
      detail: 'there is no unit agent.service (not-found)',
    });
    systemctl('echo "System has not been booted with systemd" >&2; exit 1');
    expect(await ask()).toMatchObject({ state: 'unknown' });
    expect((await ask()).detail).toContain('System has not been booted');
    systemctl('exec sleep 300');
    expect(await ask(300)).toMatchObject({
      state: 'unknown',
      detail: 'systemctl gave no answer in time',
    });
  });
});

it('ends at once when it is called off, with what it started', async () => {
  const hangs = `echo $$ > ${file('called')}.new; mv ${file('called')}.new ${file('called')}; exec sleep 300`;
  script('systemctl', hangs);
  const waiting: readonly Probe[] = [
    { type: 'command', sh: hangs, timeout: LONG },
    { type: 'systemd', unit: 'x', user: false, timeout: LONG },
  ];
  for (const each of waiting) {
    const over = new AbortController();
    const reading = probe(each, over.signal);
    const pid = await until(() => Number(readFileSync(file('called'), 'utf8')), 10_000);
    rmSync(file('called'));
    const began = performance.now();
    over.abort();
    expect((await reading).state).toBe('unknown');
    expect(performance.now() - began).toBeLessThan(2_000);
    await until(async () => (await identify(pid)) === null, 5_000);
  }
});
