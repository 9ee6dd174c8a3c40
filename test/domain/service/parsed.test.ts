// What we write, read by those who have to read it: systemd's own checker, and a parser of property lists.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { plistText } from '../../../domain/service/launchd.js';
import type { ServicePlan } from '../../../domain/service/plan.js';
import { unitText } from '../../../domain/service/unit.js';

const dir = mkdtempSync(join(tmpdir(), 'nxs-unit-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const PLAN: ServicePlan = {
  scope: 'system',
  user: 'root',
  home: '/var/lib/nxs',
  node: 'ho me%x',
  version: '0.1.0',
  command: [process.execPath, process.execPath, 'up'],
  environment: { PATH: '/usr/bin:/bin', NXS_DATA_DIR: '/a <b> & "c" é' },
  writable: ['/var/lib/nxs', '/with blank'],
  stateDir: '/var/lib/nxs/state',
  limits: { memoryMax: '2G', tasksMax: 512, openFiles: 65_536, cpuWeight: 100 },
  sudo: false,
  credentialsFile: '/etc/nxs/secrets.env',
  systemd: null,
  manual: '/usr/lib/nxs/docs/service.md',
};

function put(plan: ServicePlan): string {
  const file = join(dir, 'nxs.service');
  writeFileSync(file, unitText(plan));
  return file;
}
const analyze = (...args: readonly string[]) => spawnSync('systemd-analyze', args, { encoding: 'utf8' });
const version = analyze('--version') as { readonly stdout: string | null };
const hasSystemd = Number(/^systemd (\d+)/.exec(version.stdout ?? '')?.[1] ?? 0) >= 252;
const python = spawnSync('python3', ['-c', 'import plistlib'], { stdio: 'ignore' }).status === 0;

describe.skipIf(!hasSystemd)('systemd-analyze (skipped without systemd 252 or newer)', () => {
  it.each(['system', 'sudo'])('finds nothing to complain about in the unit: %s', (kind) => {
    const checked = analyze('verify', '--man=no', put({ ...PLAN, sudo: kind === 'sudo' }));
    expect(checked.stderr).toBe('');
    expect(checked.status).toBe(0);
  });

  it('counts an exposure of at most 2.5 of 10', () => {
    const { status, stderr } = analyze(
      'security',
      '--offline=true',
      '--threshold=25',
      put({ ...PLAN, user: 'nxs' }),
    );
    expect(status, stderr).toBe(0);
    const bare = join(dir, 'bare.service');
    writeFileSync(bare, '[Service]\nExecStart=/bin/true\n');
    expect(analyze('security', '--offline=true', '--threshold=25', bare).status).not.toBe(0);
  });
});

describe.skipIf(!python)('plistlib (skipped without python3)', () => {
  it('reads the agent as it was meant', () => {
    const file = join(dir, 'agent.plist');
    writeFileSync(file, plistText(PLAN));
    const source = 'import json,plistlib,sys; print(json.dumps(plistlib.load(open(sys.argv[1],"rb"))))';
    const { stdout, stderr } = spawnSync('python3', ['-c', source, file], { encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(JSON.parse(stdout)).toMatchObject({
      Label: 'nxs-resilience',
      ProgramArguments: PLAN.command,
      EnvironmentVariables: PLAN.environment,
      KeepAlive: { SuccessfulExit: false },
      RunAtLoad: true,
      Umask: 0o077,
    });
  });
});
