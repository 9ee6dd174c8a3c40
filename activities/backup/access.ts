// The seed's two hourly checks: repository access, and backup recency.
import { errorMessage } from '../../domain/errors.js';
import { isTooOld } from '../../domain/backup/proof.js';
import type { AccessResult, RunRef } from '../contracts.js';
import { tellAccess, tellRecency } from './notices.js';
import type { BackupPorts, ConfiguredDestination, Task } from './ports.js';

type DestinationAccess = AccessResult['destinations'][number];

/** Looks at every destination. A destination that was never proved is too old. */
export async function checkAccess(ports: BackupPorts, input: RunRef, task: Task): Promise<AccessResult> {
  const destinations: DestinationAccess[] = [];
  for (const destination of ports.destinations) {
    task.progress(`looking at ${destination.name}`);
    destinations.push(await checkOne(ports, destination));
  }
  const healthy = destinations.every(({ access, tooOld }) => isUsable(access) && !tooOld);
  const backupDue = destinations.some(({ access, tooOld }) => tooOld && access !== null && canHelp(access));
  const summary = destinations.map(describe).join('; ');
  await ports.journal({
    id: `access/${input.run}`,
    type: 'backup.access',
    data: {
      destinations: destinations.map(({ name, access, lastProved, tooOld }) => ({
        name,
        state: access?.state ?? 'not_configured',
        last_proved: lastProved,
        too_old: tooOld,
      })),
    },
  });
  for (const destination of destinations) await tell(ports, destination);
  return { destinations, healthy, backupDue, summary };
}

async function checkOne(ports: BackupPorts, destination: ConfiguredDestination): Promise<DestinationAccess> {
  const { name } = destination;
  const provedAt = (await ports.state.loadProofs(name))?.provedAt ?? null;
  const tooOld = isTooOld(provedAt, ports.now(), ports.settings.recencyLimit);
  const lastProved = provedAt === null ? null : new Date(provedAt).toISOString();
  if (destination.state === 'not_configured') return { name, access: null, lastProved, tooOld };
  const access = await look(destination.store, ports.source.root);
  if (access !== null) {
    const at = new Date(ports.now()).toISOString();
    await ports.state.saveAccess(name, { state: access.state, detail: access.detail, at });
  }
  return { name, access, lastProved, tooOld };
}

async function look(
  store: Extract<ConfiguredDestination, { state: 'ready' }>['store'],
  dataDir: string,
): Promise<DestinationAccess['access']> {
  try {
    const { state, detail, sameDisk } = await store.access(dataDir);
    return { state, detail, sameDisk };
  } catch (error) {
    return { state: 'unreadable', detail: errorMessage(error), sameDisk: null };
  }
}

async function tell(
  ports: BackupPorts,
  { name, access, lastProved, tooOld }: DestinationAccess,
): Promise<void> {
  if (access === null) return;
  await tellAccess(ports, name, access);
  const age =
    lastProved === null ? 'no backup was ever proved there' : `the last proved backup is of ${lastProved}`;
  await tellRecency(ports, name, tooOld ? age : null);
}

/** A backup is no cure for an account in trouble; the schedule tries again soon enough. */
function canHelp({ state }: NonNullable<DestinationAccess['access']>): boolean {
  return !['denied', 'forbidden', 'gone', 'archived', 'away', 'limited'].includes(state);
}

/** To be asked to wait says nothing of the access. */
function isUsable(access: DestinationAccess['access']): boolean {
  return access?.state === 'ok' || access?.state === 'limited';
}

function describe({ name, access, lastProved, tooOld }: DestinationAccess): string {
  if (access === null) return `${name}: not configured`;
  const state = access.state === 'ok' ? 'reachable' : `${access.state} (${access.detail})`;
  const age = lastProved === null ? 'never proved' : `proved ${lastProved}${tooOld ? ', too old' : ''}`;
  return `${name}: ${state}, ${age}`;
}
