// What systemd would be told, written down by a program of that name that stands first on PATH.
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, it } from 'vitest';
import { openSystemd, type Systemd } from '../../workers/systemd.js';
import { until } from '../support/until.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-systemd-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let systemd: Systemd | null = null;
afterEach(() => systemd?.close());

function stage(script = '') {
  const dir = mkdtempSync(join(scratch, 'd-'));
  const log = join(dir, 'told');
  const program = join(dir, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$@" >> ${log}\n${script}\n`);
  chmodSync(program, 0o755);
  const told = () => (existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : []);
  return { env: { PATH: `${dir}:/usr/bin:/bin`, NOTIFY_SOCKET: '@test' }, told };
}

it('says nothing where no systemd asks', () => {
  const { env, told } = stage();
  systemd = openSystemd({ ...env, NOTIFY_SOCKET: '' }, () => undefined);
  systemd.ready();
  systemd.stopping();
  expect(told()).toEqual([]);
});

it('says when it is ready and when it stops', async () => {
  const { env, told } = stage();
  systemd = openSystemd(env, () => undefined);
  systemd.ready();
  await until(() => told().length === 1);
  systemd.stopping();
  await until(() => told().length === 2);
  expect(told()).toEqual(['--ready', 'STOPPING=1']);
});

it('counts as started when only the gateway answers for long, and says so once', async () => {
  const { env, told } = stage();
  systemd = openSystemd(env, () => undefined, 1);
  systemd.answering();
  await until(() => told().length === 1);
  systemd.ready();
  systemd.stopping();
  await until(() => told().length === 2);
  expect(told()).toEqual(['--ready', 'STOPPING=1']);
});

it('says that it turns, twice in the time that systemd waits', async () => {
  const { env, told } = stage();
  systemd = openSystemd({ ...env, WATCHDOG_USEC: '1000000' }, () => undefined);
  await until(() => told().length >= 2);
  expect(new Set(told())).toEqual(new Set(['WATCHDOG=1']));
});

it('does not feed the watchdog of another process', async () => {
  const { env, told } = stage();
  systemd = openSystemd({ ...env, WATCHDOG_USEC: '1000', WATCHDOG_PID: '1' }, () => undefined);
  systemd.ready();
  await until(() => told().length === 1);
  expect(told()).toEqual(['--ready']);
});

it('tells once that it cannot be told', async () => {
  const { env, told } = stage('exit 1');
  const reasons: string[] = [];
  systemd = openSystemd(env, (reason) => reasons.push(reason));
  systemd.ready();
  systemd.stopping();
  await until(() => told().length === 2 && reasons.length > 0);
  expect(reasons).toHaveLength(1);
});
