// The first and the last step of a drill run: which destinations there are, and what is kept and told of it.
import { outcomeOfDrills, summarizeDrills, type DrillRun } from '../../domain/backup/drill.js';
import { NxsError } from '../../domain/errors.js';
import type { DrillPlan, DrillPlanInput, DrillRecordInput } from '../contracts.js';
import { storeOf, type BackupPorts } from './ports.js';

/** Names of what is to be drilled. Throws NxsError USAGE for a destination that is unknown or not configured. */
export function planDrill(ports: BackupPorts, { destination }: DrillPlanInput): Promise<DrillPlan> {
  if (destination !== null) {
    return Promise.resolve({ ready: [storeOf(ports, destination).name], skipped: [] });
  }
  const names = (state: string) =>
    ports.destinations.filter((each) => each.state === state).map(({ name }) => name);
  if (ports.destinations.length === 0) throw new NxsError('USAGE', 'No backup destination is configured.');
  return Promise.resolve({ ready: names('ready'), skipped: names('not_configured') });
}

/** Keeps each result, writes it to the journal and tells. Repeating it writes the same events once. */
export async function recordDrill(ports: BackupPorts, input: DrillRecordInput): Promise<DrillRun> {
  const { run, drills, skipped } = input;
  for (const drill of drills) {
    const before = await ports.state.lastDrill(drill.destination);
    const lastGreen = drill.outcome === 'green' ? drill.at : (before?.last_green ?? null);
    await ports.state.saveDrill({ ...drill, last_green: lastGreen });
    const { changed_since: changed, note, bad: _bad, at: _at, ...data } = drill;
    await ports.journal({
      id: `drill/${run}/${drill.destination}`,
      type: 'backup.drilled',
      data: { ...data, changed_since: changed, reason: note },
    });
  }
  const summary = summarizeDrills(drills, skipped);
  await tell(ports, summary);
  return { run, outcome: outcomeOfDrills(drills), summary, destinations: drills, skipped };
}

/** Over all destinations: a good drill of one of them does not end the trouble of another. */
async function tell(ports: BackupPorts, summary: string): Promise<void> {
  const ready = ports.destinations.filter(({ state }) => state === 'ready');
  const last = await Promise.all(ready.map(({ name }) => ports.state.lastDrill(name)));
  for (const outcome of ['not_green', 'inconclusive'] as const) {
    const there = last.some((drill) => drill?.outcome === outcome);
    await ports.notify({
      incident: outcome === 'not_green' ? 'backup/drill' : 'backup/drill-inconclusive',
      state: there ? 'raised' : 'resolved',
      level: 'warning',
      title: there ? `restore drill ${outcome.replace('_', ' ')}` : 'restore drill',
      text: summary,
    });
  }
}
