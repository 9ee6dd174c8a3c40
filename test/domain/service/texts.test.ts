import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { plistText } from '../../../domain/service/launchd.js';
import type { ServicePlan } from '../../../domain/service/plan.js';
import { differingLines, originOf, sealed } from '../../../domain/service/seal-text.js';
import { unitText } from '../../../domain/service/unit.js';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

const PLAN: ServicePlan = {
  scope: 'system',
  user: 'nxs',
  home: '/var/lib/nxs',
  node: 'home',
  version: '0.1.0',
  command: ['/usr/bin/node', '/usr/lib/node_modules/nxs-resilience/bin/nxs', 'up'],
  environment: { PATH: '/usr/bin:/bin' },
  writable: ['/var/lib/nxs/.local/state/nxs', '/var/lib/nxs/nxs'],
  stateDir: '/var/lib/nxs/.local/state/nxs',
  limits: { memoryMax: '2G', tasksMax: 512, openFiles: 65_536, cpuWeight: 100 },
  sudo: false,
  credentialsFile: null,
  systemd: 252,
  manual: '/usr/lib/node_modules/nxs-resilience/docs/service.md',
};
const lines = (plan: Partial<ServicePlan>) => unitText({ ...PLAN, ...plan }).split('\n');

describe('the unit', () => {
  it('lives under a watchdog, comes back after a crash, and not after a wrong configuration', () => {
    expect(lines({})).toEqual(
      expect.arrayContaining([
        'Type=notify',
        'NotifyAccess=all',
        'WatchdogSec=30',
        'Restart=on-failure',
        'RestartPreventExitStatus=2',
        'StartLimitIntervalSec=0',
      ]),
    );
  });

  it('signals only the supervisor, so that a command that runs has an outcome', () => {
    expect(lines({})).toContain('KillMode=process');
  });

  it('opens only the paths that are written to', () => {
    const opened = lines({}).filter((line) => line.startsWith('ReadWritePaths='));
    expect(opened).toEqual(PLAN.writable.map((path) => `ReadWritePaths=-${path}`));
    expect(lines({})).toContain('ProtectSystem=strict');
  });

  it.each([
    ['/var/lib/nxs', 'yes'],
    ['/home/ann', 'read-only'],
    ['/root', 'read-only'],
    ['/homely', 'yes'],
  ])('of a home at %s has ProtectHome=%s', (home, value) => {
    expect(lines({ home })).toContain(`ProtectHome=${value}`);
  });

  it('lets sudo work only where it is asked for, and says nothing then that forbids it', () => {
    const forbids =
      /^(NoNewPrivileges|SystemCall|Restrict(?!Address)|RestrictAddressFamilies|LockPersonality|CapabilityBoundingSet|Protect(Kernel|Clock|Hostname)|PrivateDevices)/;
    expect(lines({}).filter((line) => forbids.test(line)).length).toBeGreaterThan(10);
    expect(lines({ sudo: true }).filter((line) => forbids.test(line) && !/^Restart/.test(line))).toEqual([]);
  });

  it('of a user asks for nothing that needs user namespaces', () => {
    const mine = lines({ scope: 'user', user: null });
    expect(
      mine.filter((line) => /^(Protect|Private|ReadWrite|User=|Capability|RemoveIPC)/.test(line)),
    ).toEqual([]);
    expect(mine).toEqual(expect.arrayContaining(['NoNewPrivileges=yes', 'WantedBy=default.target']));
  });

  it('writes growing pauses only for a systemd that knows them', () => {
    expect(lines({ systemd: 253 })).not.toContain('RestartSteps=6');
    expect(lines({ systemd: 254 })).toContain('RestartSteps=6');
    expect(lines({ systemd: null })).not.toContain('RestartSteps=6');
  });

  it('hands a file of secrets over by its name alone', () => {
    expect(lines({ credentialsFile: '/etc/nxs/secrets.env' })).toContain(
      'LoadCredential=nxs.env:/etc/nxs/secrets.env',
    );
  });

  it('quotes words that systemd would cut or fill', () => {
    const [start] = lines({ command: ['/a b/node', '/c%d$e', 'up'] }).filter((line) =>
      line.startsWith('ExecStart='),
    );
    expect(start).toBe('ExecStart="/a b/node" "/c%%d$$e" up');
    expect(lines({ environment: { NXS_DATA_DIR: '/x "y" \\z' } })).toContain(
      'Environment="NXS_DATA_DIR=/x \\"y\\" \\\\z"',
    );
  });

  it('has one line for every line, whatever the paths are', () => {
    const word = fc.string({ unit: 'grapheme', minLength: 1 }).filter((text) => !/[\n\r\0]/.test(text));
    fc.assert(
      fc.property(word, word, (path, value) => {
        const text = unitText({ ...PLAN, writable: [path], environment: { NXS_NODE: value } });
        expect(text.split('\n')).toHaveLength(
          lines({ writable: ['/x'], environment: { NXS_NODE: 'y' } }).length,
        );
      }),
    );
  });
});

describe('the seal', () => {
  it.each([
    ['the unit', unitText(PLAN)],
    ['the agent', plistText(PLAN)],
  ])('tells %s from the same with any change', (_name, plain) => {
    const text = sealed(plain, sha256);
    expect(originOf(text, sha256)).toBe('ours');
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.string({ minLength: 1, maxLength: 3 }), (at, word) => {
        const changed = text.slice(0, at) + word + text.slice(at);
        expect(originOf(changed, sha256)).not.toBe('ours');
      }),
    );
    expect(originOf('[Unit]\nDescription=another\n', sha256)).toBe('foreign');
  });

  it('is no difference by itself', () => {
    const [old, fresh] = [
      sealed(unitText(PLAN), sha256),
      sealed(unitText({ ...PLAN, node: 'cloud' }), sha256),
    ];
    expect(differingLines(old, old)).toEqual({ gone: [], added: [] });
    expect(differingLines(old, fresh)).toEqual({
      gone: ['Description=NXS Resilience control plane of home'],
      added: ['Description=NXS Resilience control plane of cloud'],
    });
  });
});
