// Which service manager this machine has, and where the file that we write belongs.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tell, type Told } from '../../adapters/service/run-manager.js';
import { NxsError } from '../../domain/errors.js';
import { LABEL, UNIT } from '../../domain/service/plan.js';

export type Scope = 'user' | 'system';

/** Where things are; tests name a tree of their own. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  readonly env: NodeJS.ProcessEnv;
  /** Stands before absolute paths of the system. */
  readonly root: string;
}

export interface Place {
  readonly kind: 'systemd' | 'launchd';
  readonly scope: Scope;
  readonly path: string;
  /** The manager runs here, so its commands mean something. */
  readonly manager: boolean;
}

export function thisMachine(env: NodeJS.ProcessEnv): Machine {
  return { platform: process.platform, uid: process.getuid?.() ?? -1, env, root: '' };
}

/** Root's is the system's, everybody else's their own. */
export function scopeOf(machine: Machine, asked: Scope | null): Scope {
  return asked ?? (machine.uid === 0 && machine.platform !== 'darwin' ? 'system' : 'user');
}

/** Throws NxsError SERVICE_UNAVAILABLE on a platform that has neither. */
export function placeOf(machine: Machine, scope: Scope): Place {
  const { platform, env, root } = machine;
  const home = env['HOME'] ?? homedir();
  if (platform === 'darwin') {
    if (scope === 'system')
      throw new NxsError(
        'SERVICE_UNAVAILABLE',
        'On macOS there is only the agent of a user: leave --system out.',
      );
    return {
      kind: 'launchd',
      scope,
      path: join(home, 'Library/LaunchAgents', `${LABEL}.plist`),
      manager: true,
    };
  }
  if (platform !== 'linux')
    throw new NxsError(
      'SERVICE_UNAVAILABLE',
      `nxs service knows systemd and launchd; ${platform} has neither.`,
    );
  const config = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const path =
    scope === 'system' ? join(root, '/etc/systemd/system', UNIT) : join(config, 'systemd/user', UNIT);
  // sd_booted(3).
  return { kind: 'systemd', scope, path, manager: existsSync(join(root, '/run/systemd/system')) };
}

/** Throws NxsError SERVICE_UNAVAILABLE, in one sentence, where the manager does not run. */
export function requireManager({ manager }: Place): void {
  if (!manager)
    throw new NxsError(
      'SERVICE_UNAVAILABLE',
      'This machine was not started by systemd, so there is nobody to hand a service to.',
    );
}

export interface Manager {
  readonly systemctl: (...args: readonly string[]) => Promise<Told>;
  readonly launchctl: (...args: readonly string[]) => Promise<Told>;
  readonly loginctl: (...args: readonly string[]) => Promise<Told>;
  /** `gui/501`, where launchd keeps a user's agents. */
  readonly domain: string;
}

export function managerOf({ env, uid }: Machine, scope: Scope): Manager {
  // Behind `su` and `ssh` without a session the variable is missing, though the manager is there.
  const runtime = env['XDG_RUNTIME_DIR'] ?? `/run/user/${String(uid)}`;
  const all = { ...env, XDG_RUNTIME_DIR: runtime };
  const user = scope === 'user' ? ['--user'] : [];
  return {
    systemctl: (...args) => tell(['systemctl', ...user, '--no-pager', ...args], all),
    launchctl: (...args) => tell(['launchctl', ...args], all),
    loginctl: (...args) => tell(['loginctl', ...args], all),
    domain: `gui/${String(uid)}`,
  };
}
