import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { polkitRule, rightsOf, sudoersLines, type Wish } from '../../../domain/service/rights.js';

const wish = (...argv: readonly string[]): Wish => ({ where: 'services.x', argv });

/** What a rule answers, run as polkit runs it. */
function ask(rule: string, action: { id: string; unit?: string; verb?: string }, user: string): unknown {
  const rules: ((action: object, subject: object) => unknown)[] = [];
  const polkit = { Result: { YES: 'yes' }, addRule: (each: (typeof rules)[number]) => rules.push(each) };
  runInNewContext(rule, { polkit });
  const asked = { id: action.id, lookup: (name: 'unit' | 'verb') => action[name] };
  return rules.map((each) => each(asked, { user })).find((answer) => answer !== undefined);
}
const MANAGE = 'org.freedesktop.systemd1.manage-units';

describe('rights', () => {
  it('are asked for units of the system alone', () => {
    const rights = rightsOf([
      wish('systemctl', 'restart', 'mihomo'),
      wish('/usr/bin/systemctl', '--no-block', 'restart', 'agent.service', 'bus.socket'),
      wish('systemctl', '--user', 'restart', 'notes.service'),
      wish('/home/me/restart.sh'),
    ]);
    expect(rights).toEqual({
      units: [
        { unit: 'mihomo.service', verb: 'restart' },
        { unit: 'agent.service', verb: 'restart' },
        { unit: 'bus.socket', verb: 'restart' },
      ],
      reboot: false,
      sudo: [],
    });
  });

  it('see through sudo, and tell it', () => {
    const rights = rightsOf([
      wish('/usr/bin/sudo', '-n', '/usr/bin/docker', 'restart', 'a,b'),
      wish('sudo', '-n', 'systemctl', 'reboot'),
    ]);
    expect(rights.sudo.map(({ argv }) => argv.join(' '))).toEqual([
      '/usr/bin/docker restart a,b',
      'systemctl reboot',
    ]);
    expect(rights.reboot).toBe(true);
    expect(sudoersLines(rights, 'nxs')).toEqual(['nxs ALL=(root) NOPASSWD: /usr/bin/docker restart a\\,b']);
  });
});

describe('the polkit rule', () => {
  const rule = polkitRule(rightsOf([wish('systemctl', 'restart', 'mihomo')]), 'nxs') ?? '';

  it.each([
    ['what was asked for', { id: MANAGE, unit: 'mihomo.service', verb: 'restart' }, 'nxs', 'yes'],
    ['another verb', { id: MANAGE, unit: 'mihomo.service', verb: 'stop' }, 'nxs', undefined],
    ['another unit', { id: MANAGE, unit: 'ssh.service', verb: 'restart' }, 'nxs', undefined],
    ['another account', { id: MANAGE, unit: 'mihomo.service', verb: 'restart' }, 'ann', undefined],
    ['another action', { id: 'org.freedesktop.login1.reboot' }, 'nxs', undefined],
  ])('answers %s', (_name, action, user, answer) => {
    expect(ask(rule, action, user)).toBe(answer);
  });

  it('allows a reboot only where level 5 is one', () => {
    const reboot = polkitRule(rightsOf([wish('systemctl', 'reboot')]), 'nxs') ?? '';
    expect(ask(reboot, { id: 'org.freedesktop.login1.reboot' }, 'nxs')).toBe('yes');
    expect(ask(reboot, { id: 'org.freedesktop.login1.power-off' }, 'nxs')).toBeUndefined();
    expect(polkitRule(rightsOf([]), 'nxs')).toBeNull();
  });

  it('takes no name for code', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1 }).filter((name) => !name.startsWith('-')),
        fc.string(),
        (name, user) => {
          const [unit] = rightsOf([wish('systemctl', 'restart', name)]).units;
          const made = polkitRule(rightsOf([wish('systemctl', 'restart', name)]), user) ?? '';
          expect(ask(made, { id: MANAGE, unit: unit!.unit, verb: 'restart' }, user)).toBe('yes');
          expect(ask(made, { id: MANAGE, unit: `${unit!.unit}x`, verb: 'restart' }, user)).toBeUndefined();
        },
      ),
    );
  });
});
