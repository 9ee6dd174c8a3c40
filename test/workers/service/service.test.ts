// The three commands' work against a systemctl that only writes down what it is told: argv and files are what is tested here. A real
// systemd was tried by hand (docs/service.md, "Tried").
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { installService } from '../../../workers/service/install.js';
import { plannedAs } from '../../../workers/service/installed.js';
import { placeOf, type Machine, type Place } from '../../../workers/service/place.js';
import { planService } from '../../../workers/service/plan.js';
import { serviceStatus } from '../../../workers/service/status.js';
import { uninstallService } from '../../../workers/service/uninstall.js';

const scratch = mkdtempSync(join(tmpdir(), 'nxs-service-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let dir = '';
let machine: Machine;
let place: Place;
const told = () =>
  existsSync(join(dir, 'told')) ? readFileSync(join(dir, 'told'), 'utf8').trim().split('\n') : [];
const answer = (name: string, text: string) => {
  writeFileSync(join(dir, 'bin', name), `#!/bin/sh\necho "${name} $*" >> ${dir}/told\n${text}\n`);
  chmodSync(join(dir, 'bin', name), 0o755);
};
const config = (name: string, text: string) => {
  mkdirSync(join(dir, '.config/nxs'), { recursive: true });
  writeFileSync(join(dir, '.config/nxs', name), text);
};
const plan = () => planService(machine, { scope: 'user', as: null, configDir: null });
const install = async (more: { force?: boolean; start?: boolean } = {}) =>
  installService(machine, { place, planned: await plan(), force: false, start: true, ...more });

beforeEach(() => {
  dir = mkdtempSync(join(scratch, 'd-'));
  mkdirSync(join(dir, 'bin'));
  mkdirSync(join(dir, 'run/systemd/system'), { recursive: true });
  answer('systemctl', 'case "$*" in *--version*) echo "systemd 252 (test)";; *is-active*) exit 3;; esac');
  answer('loginctl', 'echo no');
  machine = {
    platform: 'linux',
    uid: 1000,
    root: dir,
    env: { HOME: dir, PATH: `${dir}/bin:/usr/bin:/bin`, NXS_NODE: 'here', USER: 'ann' },
  };
  place = placeOf(machine, 'user');
});

describe('install', () => {
  it('writes one file, makes its directories, enables and starts it, and names what is missing for the boot', async () => {
    const done = await install();
    expect(done).toMatchObject({ wrote: 'new', enabled: true, started: true });
    expect(told().filter((line) => !line.includes('--version'))).toEqual([
      'systemctl --user --no-pager daemon-reload',
      'systemctl --user --no-pager enable nxs.service',
      'systemctl --user --no-pager is-active --quiet nxs.service',
      'systemctl --user --no-pager --no-block start nxs.service',
      'loginctl show-user 1000 --property=Linger --value',
    ]);
    expect(done.notes).toEqual([expect.stringContaining('loginctl enable-linger')]);
    expect(readFileSync(place.path, 'utf8')).toContain('Environment=NXS_NODE=here\n');
    expect(statSync(join(dir, '.local/state/nxs')).mode & 0o777).toBe(0o700);
    expect(existsSync(join(dir, 'nxs'))).toBe(true);
  });

  it('said twice changes nothing, and with --no-start starts nothing', async () => {
    expect((await install({ start: false })).started).toBe(false);
    const text = readFileSync(place.path, 'utf8');
    expect((await install({ start: false })).wrote).toBe('same');
    expect(readFileSync(place.path, 'utf8')).toBe(text);
    expect(told().some((line) => line.includes(' start '))).toBe(false);
  });

  it('starts a running one anew when its file is another one', async () => {
    await install();
    answer('systemctl', 'case "$*" in *--version*) echo "systemd 255";; esac');
    expect(await install()).toMatchObject({ wrote: 'replaced', started: true });
    expect(told()).toContain('systemctl --user --no-pager --no-block restart nxs.service');
  });

  it.each([
    ['changed by hand', (text: string) => `${text}# mine\n`, /was changed by hand/],
    ['of somebody else', () => '[Service]\nExecStart=/bin/true\n', /is not of nxs/],
  ])('leaves a file that is %s, unless forced', async (_name, change, words) => {
    await install();
    writeFileSync(place.path, change(readFileSync(place.path, 'utf8')));
    await expect(install()).rejects.toThrow(words);
    expect((await install({ force: true })).wrote).toBe('replaced');
  });

  it('says what systemd says when it refuses', async () => {
    answer('systemctl', 'case "$*" in *enable*) echo "Failed to enable: no" >&2; exit 1;; esac');
    await expect(install()).rejects.toThrow('systemctl enable nxs.service failed: Failed to enable: no');
  });

  it('does nothing where systemd does not run', async () => {
    rmSync(join(dir, 'run'), { recursive: true });
    place = placeOf(machine, 'user');
    await expect(install()).rejects.toThrow(/was not started by systemd/);
    expect(existsSync(place.path)).toBe(false);
  });

  it('refuses sudo in healing.yaml while the sandbox forbids it', async () => {
    const service =
      '{ name: web, probe: { type: tcp, address: "127.0.0.1:1" }, restart: ["sudo", "-n", "/usr/bin/systemctl", "restart", "web"] }';
    config('healing.yaml', `healing: { services: [${service}] }\n`);
    await expect(install()).rejects.toThrow(/uses sudo \(services\.web\)/);
    config('nxs.yaml', 'service: { sudo: true }\n');
    expect((await install()).wrote).toBe('new');
    expect(readFileSync(place.path, 'utf8')).not.toContain('NoNewPrivileges');
  });

  it('of the machine needs an account that exists, and root', async () => {
    const system = (as: string | null) => planService(machine, { scope: 'system', as, configDir: null });
    await expect(system(null)).rejects.toThrow(/--as USER/);
    await expect(system('no-such-account')).rejects.toThrow(/useradd/);
    await expect(system('a;b')).rejects.toThrow(/no account/);
    const planned = await system('root');
    const there = placeOf(machine, 'system');
    const request = { place: there, planned, force: false, start: true };
    await expect(installService(machine, request)).rejects.toThrow(
      /^A service of the system is written by root: sudo /,
    );
  });

  it('names variables that only the shell has, and keeps a password out of the unit', async () => {
    config(
      'providers.yaml',
      'providers:\n  - { name: a, base_url: "https://a.example/v1", model: m, api_key: "${A_KEY}", priority: 1 }\n',
    );
    machine = {
      ...machine,
      env: { ...machine.env, A_KEY: 'k-secret', HTTPS_PROXY: 'http://u:p-secret@proxy:3128', NO_PROXY: 'x' },
    };
    const { notes } = await install();
    expect(notes.join('\n')).toMatch(/A_KEY is set in this shell[^]*HTTPS_PROXY has a password/);
    const text = readFileSync(place.path, 'utf8');
    expect(text).not.toMatch(/secret/);
    expect(text).toContain('Environment=NO_PROXY=x\n');
  });

  it('never makes a data directory in the place of one that was there before', async () => {
    mkdirSync(join(dir, '.local/state/nxs/sync'), { recursive: true });
    await install();
    expect(existsSync(join(dir, 'nxs'))).toBe(false);
  });
});

describe('status', () => {
  it('says that nothing is installed', async () => {
    expect(await serviceStatus(machine, place, null)).toMatchObject({
      installed: false,
      state: 'unknown',
      file: null,
    });
  });

  it('reads what systemd says, and is not misled by this shell', async () => {
    await install();
    const said = [
      'ActiveState=active',
      'ActiveEnterTimestamp=Sun 2026-11-29 09:57:55 UTC',
      'MainPID=42',
      'NRestarts=3',
      'Result=watchdog',
      'UnitFileState=enabled',
      'WatchdogTimestamp=',
    ];
    answer(
      'systemctl',
      `case "$*" in *--version*) echo "systemd 252";; *show*) printf '%s\\n' ${said.map((line) => `'${line}'`).join(' ')};; esac`,
    );
    const shell = { ...machine, env: { ...machine.env, NXS_NODE: 'other', HTTPS_PROXY: 'http://p:1' } };
    expect(await serviceStatus(shell, place, await plannedAs(shell, place))).toMatchObject({
      installed: true,
      enabled: true,
      state: 'active',
      since: '2026-11-29T09:57:55.000Z',
      pid: 42,
      restarts: 3,
      result: 'watchdog',
      watchdog: null,
      linger: false,
      file: 'current',
    });
  });

  it('shows the lines in which the file is behind the configuration', async () => {
    await install();
    config('nxs.yaml', 'service: { memory_max: 800M }\n');
    const status = await serviceStatus(machine, place, await plannedAs(machine, place));
    expect(status.file).toBe('outdated');
    expect(status.differences).toEqual({ gone: ['MemoryMax=2G'], added: ['MemoryMax=800M'] });
  });
});

describe('uninstall', () => {
  it('stops, disables and removes the file, and keeps everything else', async () => {
    await install();
    rmSync(join(dir, 'told'));
    expect(await uninstallService(machine, place, false)).toBe('removed');
    expect(existsSync(place.path)).toBe(false);
    expect(existsSync(join(dir, '.local/state/nxs'))).toBe(true);
    expect(told()).toEqual([
      'systemctl --user --no-pager disable --now nxs.service',
      'systemctl --user --no-pager daemon-reload',
      'systemctl --user --no-pager reset-failed nxs.service',
    ]);
    expect(await uninstallService(machine, place, false)).toBe('absent');
  });

  it('removes nothing that it could not stop, and no file of others', async () => {
    await install();
    answer('systemctl', 'echo "Access denied" >&2; exit 1');
    await expect(uninstallService(machine, place, false)).rejects.toThrow(
      /Access denied. Nothing was removed/,
    );
    expect(existsSync(place.path)).toBe(true);
    writeFileSync(place.path, '[Service]\n');
    await expect(uninstallService(machine, place, false)).rejects.toThrow(/is not of nxs/);
  });
});

describe('on macOS', () => {
  it('is an agent of the user, by the same commands', async () => {
    machine = { ...machine, platform: 'darwin' };
    answer('launchctl', '');
    place = placeOf(machine, 'user');
    expect(place.path).toBe(join(dir, 'Library/LaunchAgents/nxs-resilience.plist'));
    expect(await install()).toMatchObject({ wrote: 'new', started: true });
    answer('launchctl', 'printf "\\tstate = running\\n\\tpid = 77\\n"');
    expect(await serviceStatus(machine, place, await plannedAs(machine, place))).toMatchObject({
      state: 'active',
      pid: 77,
    });
    expect(await uninstallService(machine, place, false)).toBe('removed');
    const domain = 'gui/1000';
    expect(told()).toEqual([
      `launchctl bootout ${domain}/nxs-resilience`,
      `launchctl bootstrap ${domain} ${place.path}`,
      `launchctl print ${domain}/nxs-resilience`,
      `launchctl bootout ${domain}/nxs-resilience`,
    ]);
    expect(() => placeOf(machine, 'system')).toThrow(/only the agent of a user/);
  });
});
