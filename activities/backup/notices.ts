// What people are told of backups, and under which incident: the same trouble found by a run and by the hourly check is one.
import type { Access } from '../../domain/backup/ports.js';
import type { DestinationRecord, RunRecord } from '../../domain/backup/record.js';
import { describeTamper } from '../../domain/backup/trail.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { BackupPorts } from './ports.js';

type Tell = Pick<BackupPorts, 'notify'>;

/** Token, permission, repository: found by whoever speaks to the account first. */
function tellAccount(ports: Tell, name: string, trouble: string | null): Promise<void> {
  return ports.notify(
    about(`backup/${name}/account`, 'critical', `backup to ${name}: no access`, name, trouble),
  );
}

/** What an hourly check found. What still works and will not for long is an incident of its own: no run sees that it is over. */
export async function tellAccess(
  ports: Tell,
  name: string,
  { state, detail }: Pick<Access, 'state' | 'detail'>,
): Promise<void> {
  if (state === 'limited') return;
  const works = state === 'ok' || state === 'expiring' || state === 'renamed';
  await tellAccount(ports, name, works ? null : detail);
  if (!works) return;
  const upkeep = state === 'ok' ? null : detail;
  await ports.notify(
    about(`backup/${name}/upkeep`, 'warning', `backup to ${name} will stop`, name, upkeep, 'it was mended'),
  );
}

/** The last proved backup is too old. */
export function tellRecency(ports: Tell, name: string, trouble: string | null): Promise<void> {
  return ports.notify(
    about(`backup/${name}/recency`, 'warning', `backup to ${name} is too old`, name, trouble),
  );
}

/** A look from outside of a run found something wrong; the next run heals it. */
export function tellVerification(ports: Tell, name: string, trouble: string | null): Promise<void> {
  return ports.notify(
    about(`backup/${name}/verification`, 'warning', `backup in ${name} is not proved`, name, trouble),
  );
}

/** Everything that a finished run has to say, destination by destination. */
export async function tellRun(ports: Tell, record: RunRecord): Promise<void> {
  const stopped = record.outcome === 'held' || record.destinations.length === 0;
  await ports.notify({
    incident: 'backup/run',
    state: stopped ? 'raised' : 'resolved',
    level: 'warning',
    title: stopped ? `backup ${record.outcome}` : 'backups run again',
    text: record.summary,
  });
  if (stopped) return;
  for (const destination of record.destinations) await tellDestination(ports, destination);
}

async function tellDestination(ports: Tell, record: DestinationRecord): Promise<void> {
  const { name, location, state, note, code, tamper, counts } = record;
  if (state === 'not_configured' || state === 'skipped') return;
  if (code === 'DESTINATION_DENIED') {
    // Nothing else is known of it now: what was raised before stays as it is.
    await tellAccount(ports, name, note);
    return;
  }
  if (state !== 'failed') await tellAccount(ports, name, null);
  if (state !== 'failed') {
    // Not the note: it differs from run to run, and the same trouble would be told again.
    const set = tamper === null ? null : describeTamper(location, null, tamper);
    await ports.notify(
      about(
        `backup/${name}/tampered`,
        'critical',
        `backup in ${name}: TAMPERED`,
        name,
        set,
        'its branch only grows again',
      ),
    );
    const healed = counts.HEALED ?? 0;
    // What was lost with a branch is told with it.
    const mended =
      healed === 0 || tamper !== null
        ? null
        : `${healed === 1 ? '1 file was' : `${healed} files were`} wrong there and whole again now: ${note ?? ''}`;
    await ports.notify(
      about(
        `backup/${name}/damage`,
        'warning',
        `backup in ${name} was damaged`,
        name,
        mended,
        'nothing was wrong any more',
      ),
    );
  }
  const bad = state === 'failed' || state === 'not_proved' ? (note ?? 'not every file is proved') : null;
  await ports.notify(
    about(`backup/${name}`, 'warning', `backup to ${name} ${state.replace('_', ' ')}`, name, bad),
  );
  if (state === 'proved') {
    await tellRecency(ports, name, null);
    await tellVerification(ports, name, null);
  }
}

function about(
  incident: string,
  level: Notice['level'],
  title: string,
  name: string,
  trouble: string | null,
  end = 'it is well again',
): Notice {
  const state = trouble === null ? 'resolved' : 'raised';
  return { incident, state, level, title, text: `${name}: ${trouble ?? end}` };
}
