// The seed's two hourly checks: repository access, and backup recency.
import { errorMessage } from '../../domain/errors.js';
import { isTooOld } from '../../domain/backup/proof.js';
import type { AccessResult, RunRef } from '../contracts.js';
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
  const backupDue = destinations.some(({ access, tooOld }) => tooOld && access !== null);
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
  await ports.notify({
    incident: 'backup/access',
    state: healthy ? 'resolved' : 'raised',
    level: 'warning',
    title: 'backup destinations',
    text: summary,
  });
  return { destinations, healthy, backupDue, summary };
}

async function checkOne(ports: BackupPorts, destination: ConfiguredDestination): Promise<DestinationAccess> {
  const { name } = destination;
  const provedAt = (await ports.state.loadProofs(name))?.provedAt ?? null;
  const tooOld = isTooOld(provedAt, ports.now(), ports.settings.recencyLimit);
  const lastProved = provedAt === null ? null : new Date(provedAt).toISOString();
  if (destination.state === 'not_configured') return { name, access: null, lastProved, tooOld };
  return { name, access: await look(destination.store, ports.source.root), lastProved, tooOld };
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

/** A destination that is not there yet is made by the first backup. */
function isUsable(access: DestinationAccess['access']): boolean {
  return access?.state === 'ok';
}

function describe({ name, access, lastProved, tooOld }: DestinationAccess): string {
  if (access === null) return `${name}: not configured`;
  const state = access.state === 'ok' ? 'reachable' : `${access.state} (${access.detail})`;
  const age = lastProved === null ? 'never proved' : `proved ${lastProved}${tooOld ? ', too old' : ''}`;
  return `${name}: ${state}, ${age}`;
}
