// Writes the one file that is ours, and tells the manager. Rules that would give us rights are never put in place, only shown.
import { mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { atomicWrite } from '../../adapters/files/atomic-write.js';
import { tell, type Told } from '../../adapters/service/run-manager.js';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import { plistText } from '../../domain/service/launchd.js';
import { LABEL, UNIT } from '../../domain/service/plan.js';
import { originOf, sealed } from '../../domain/service/seal-text.js';
import { unitText } from '../../domain/service/unit.js';
import { sha256Hex } from './sha256.js';
import { managerOf, requireManager, type Machine, type Place } from './place.js';
import type { Planned } from './plan.js';
import { runningOn } from './running.js';

export interface InstallRequest {
  readonly place: Place;
  readonly planned: Planned;
  readonly force: boolean;
  /** Also start it now. */
  readonly start: boolean;
}

export interface Installed {
  readonly path: string;
  /** new, or what was there before. */
  readonly wrote: 'new' | 'replaced' | 'same';
  readonly enabled: boolean;
  readonly started: boolean;
  /** What the person should know, one sentence each. */
  readonly notes: readonly string[];
}

/** What would be written. */
export function textFor(place: Place, { plan }: Planned): string {
  return sealed(place.kind === 'systemd' ? unitText(plan) : plistText(plan), sha256Hex);
}

/** Throws NxsError SERVICE_UNAVAILABLE, SERVICE_FAILED or USAGE; a file that a person has changed is left as it is. */
export async function installService(machine: Machine, request: InstallRequest): Promise<Installed> {
  const { place, planned, force } = request;
  requireManager(place);
  refuseSudo(planned);
  if (place.scope === 'system' && machine.uid !== 0)
    throw new NxsError(
      'USAGE',
      `A service of the system is written by root: sudo ${planned.plan.command.slice(0, 2).join(' ')} service install --system --as ${planned.account.name}`,
    );
  const text = textFor(place, planned);
  const before = await readFile(place.path, 'utf8').catch(() => null);
  if (before !== null && before !== text && !force) refuseForeign(place.path, before);
  const notes = [...planned.notes, ...(await makeDirectories(place, planned))];
  if (before !== text) await write(place.path, text);
  const wrote = before === null ? 'new' : before === text ? 'same' : 'replaced';
  const running = await runningOn(planned.plan.stateDir);
  const start = request.start && running === null;
  const done =
    place.kind === 'systemd'
      ? await handToSystemd(machine, place, start, wrote)
      : await handToLaunchd(machine, place, start);
  if (request.start && running !== null && !done.started)
    notes.push(
      `a control plane runs already (process ${String(running)}): stop it, then ${startCommand(place)}`,
    );
  return { path: place.path, wrote, ...done, notes: [...notes, ...(await lingerNotes(machine, place))] };
}

/** How a person starts it. */
function startCommand({ kind, scope, path }: Place): string {
  if (kind === 'launchd') return `launchctl bootstrap gui/$(id -u) ${path}`;
  return scope === 'system' ? 'sudo systemctl start nxs' : 'systemctl --user start nxs';
}

function refuseSudo({ plan, rights }: Planned): void {
  const [first] = rights.sudo;
  if (first === undefined || plan.sudo) return;
  const where = rights.sudo.map((wish) => wish.where).join(', ');
  throw new NxsError(
    'USAGE',
    `healing.yaml uses sudo (${where}), which the sandbox forbids. Take the word sudo out of it and put the polkit rule of \`nxs service install --print\` in place; or set \`service: { sudo: true }\` in nxs.yaml, which takes most of the sandbox away.`,
  );
}

function refuseForeign(path: string, before: string): void {
  const origin = originOf(before, sha256Hex);
  if (origin === 'ours') return;
  const what = origin === 'edited' ? 'was changed by hand' : 'is not of nxs';
  throw new NxsError(
    'USAGE',
    `${path} ${what} and is left as it is. --force replaces it; a change of yours belongs into a drop-in (systemctl edit nxs).`,
  );
}

async function write(path: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(path), { recursive: true });
    await atomicWrite(path, text, { mode: 0o644 });
  } catch (error) {
    throw new NxsError('SERVICE_FAILED', `${path} cannot be written: ${errorMessage(error)}`, {}, error);
  }
}

/** By the account itself: root makes nothing in directories that others can change. */
async function makeDirectories(
  { scope }: Place,
  { directories, account }: Planned,
): Promise<readonly string[]> {
  const notes: string[] = [];
  for (const path of directories) {
    if (scope === 'user') {
      await mkdir(path, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
        notes.push(`${path} cannot be made (${errnoOf(error) ?? errorMessage(error)})`);
      });
      continue;
    }
    const { code, complaint } = await tell(['mkdir', '-p', '-m', '700', '--', path], process.env, account);
    if (code !== 0) notes.push(`${account.name} cannot make ${path}: ${complaint}`);
  }
  return notes;
}

async function handToSystemd(
  machine: Machine,
  place: Place,
  start: boolean,
  wrote: Installed['wrote'],
): Promise<Pick<Installed, 'enabled' | 'started'>> {
  const { systemctl } = managerOf(machine, place.scope);
  insist(await systemctl('daemon-reload'), 'systemctl daemon-reload');
  insist(await systemctl('enable', UNIT), `systemctl enable ${UNIT}`);
  const active = (await systemctl('is-active', '--quiet', UNIT)).code === 0;
  if (active && wrote !== 'same') {
    insist(await systemctl('--no-block', 'restart', UNIT), `systemctl restart ${UNIT}`);
    return { enabled: true, started: true };
  }
  if (start) insist(await systemctl('--no-block', 'start', UNIT), `systemctl start ${UNIT}`);
  return { enabled: true, started: start || active };
}

async function handToLaunchd(
  machine: Machine,
  place: Place,
  start: boolean,
): Promise<Pick<Installed, 'enabled' | 'started'>> {
  const { launchctl, domain } = managerOf(machine, place.scope);
  // A file in LaunchAgents is read at the next login anyway.
  if (!start) return { enabled: true, started: false };
  await launchctl('bootout', `${domain}/${LABEL}`);
  insist(await launchctl('bootstrap', domain, place.path), 'launchctl bootstrap');
  return { enabled: true, started: true };
}

function insist({ code, complaint }: Told, command: string): void {
  if (code !== 0)
    throw new NxsError('SERVICE_FAILED', `${command} failed: ${complaint || `exit code ${String(code)}`}`);
}

async function lingerNotes(machine: Machine, place: Place): Promise<readonly string[]> {
  if (place.kind !== 'systemd' || place.scope !== 'user') return [];
  if ((await hasLinger(machine)) !== false) return [];
  return [
    'it starts when you log in and ends when you log out; to run it from boot on: loginctl enable-linger',
  ];
}

/** null: logind does not say. */
export async function hasLinger(machine: Machine): Promise<boolean | null> {
  const { loginctl } = managerOf(machine, 'user');
  const { code, out } = await loginctl('show-user', String(machine.uid), '--property=Linger', '--value');
  if (code === 0) return out.trim() === 'yes';
  return null;
}
