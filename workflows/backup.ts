// Stage -> publish -> read back -> heal -> record. The order is the point: nothing is called a backup before its bytes
// came back from the destination and hashed right.
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { BackupPlan, PlannedDestination, PublishResult, VerifyResult } from '../activities/contracts.js';
import {
  allProved,
  describeCounts,
  plural,
  type DestinationRecord,
  type RunRecord,
} from '../domain/backup/record.js';
import type { BackupInput } from './messages.js';
import { ended, reasonOf } from './failure.js';
import { now, runName, trackPhase, type Phase } from './phase.js';
import { brief, bulk } from './proxies.js';

/** Uploading again is tried twice in one run; what is still wrong then is not a matter of trying. */
const HEAL_ROUNDS = 2;

/**
 * Backs the data directory up to every destination and proves it. Returns the record when all is green; else the
 * workflow ends as Failed with BACKUP_NOT_GREEN or BACKUP_HELD, the record in the failure's details.
 */
export async function backupAndVerify(input: BackupInput): Promise<RunRecord> {
  const phase = trackPhase('staging');
  const run = runName();
  const started = now();
  let plan: BackupPlan | null = null;
  let failure: string | null = null;
  let destinations: DestinationRecord[] = [];
  try {
    plan = await bulk.planBackup.executeWithOptions({ summary: 'scan, read once and hash what changed' }, [
      { run, confirm: input.confirm },
    ]);
    destinations = await backUpAll(run, plan, phase);
  } catch (error) {
    failure = reasonOf(error);
  }
  return CancellationScope.nonCancellable(async () => {
    const recorded = brief.recordBackup.executeWithOptions({ summary: 'write the record and tell' }, [
      {
        run,
        workflowId: workflowInfo().workflowId,
        trigger: input.trigger,
        started,
        plan,
        destinations,
        failure,
      },
    ]);
    const record = await recorded;
    phase.finish(record.outcome, record.summary);
    if (record.outcome === 'green') return record;
    throw ended(record.outcome === 'held' ? 'BACKUP_HELD' : 'BACKUP_NOT_GREEN', record.summary, record);
  });
}

async function backUpAll(run: string, plan: BackupPlan, phase: Phase): Promise<DestinationRecord[]> {
  if (plan.held !== null) return plan.destinations.map((planned) => blank(planned, 'skipped', null));
  phase.enter('backing up', `${plural(plan.files, 'file')}, ${plan.read} read`);
  return Promise.all(plan.destinations.map((planned) => backUpTo(run, planned, plan, phase)));
}

async function backUpTo(
  run: string,
  planned: PlannedDestination,
  plan: BackupPlan,
  phase: Phase,
): Promise<DestinationRecord> {
  if (planned.state !== 'ready') return blank(planned, planned.state, planned.note);
  const destination = planned.name;
  let published: PublishResult | null = null;
  try {
    published = await bulk.publishBackup.executeWithOptions(
      { summary: `${plural(plan.files, 'file')} to ${destination}` },
      [{ run, destination }],
    );
    phase.enter('verifying', `${destination}: reading back`);
    const { verified, note, commit, calm } = await verifyAndHeal(run, destination, published, phase);
    const state = allProved(verified.counts) && plan.problems === 0 && calm ? 'proved' : 'not_proved';
    return {
      ...blank(planned, state, note),
      commit,
      unchanged: published.unchanged,
      uploaded: published.uploaded,
      read: verified.read,
      counts: verified.counts,
    };
  } catch (error) {
    const commit = published?.commit ?? null;
    return { ...blank(planned, 'failed', reasonOf(error)), commit };
  }
}

interface Proving {
  readonly verified: VerifyResult;
  readonly note: string | null;
  /** Where the proved tree is; healing may have needed another commit. */
  readonly commit: string;
  /** False: something stays broken in the destination, though a whole copy lies beside it now. */
  readonly calm: boolean;
}

async function verifyAndHeal(
  run: string,
  destination: string,
  published: PublishResult,
  phase: Phase,
): Promise<Proving> {
  const look = (round: number): Promise<VerifyResult> =>
    bulk.verifyBackup.executeWithOptions(
      { summary: round === 0 ? `read back from ${destination}` : `read back what was healed (${round})` },
      [{ run, destination, round }],
    );
  let verified = await look(0);
  const notes = published.note === null ? [] : [published.note];
  let { commit } = published;
  let calm = true;
  for (let round = 1; round <= HEAL_ROUNDS && verified.healable > 0; round++) {
    phase.enter('healing', `${destination}: ${describeCounts(verified.counts)}`);
    const healed = await bulk.healBackup.executeWithOptions(
      { summary: `upload ${plural(verified.healable, 'damaged file')} again` },
      [{ run, destination, round }],
    );
    notes.push(healed.note);
    commit = healed.commit ?? commit;
    calm &&= !(healed.fallback > 0);
    const again = await look(round);
    verified = {
      ...again,
      read: {
        files: verified.read.files + again.read.files,
        bytes: verified.read.bytes + again.read.bytes,
      },
    };
  }
  phase.enter('verified', `${destination} ${commit.slice(0, 12)}: ${describeCounts(verified.counts)}`);
  return { verified, note: notes.length === 0 ? null : notes.join('; '), commit, calm };
}

function blank(
  planned: PlannedDestination,
  state: DestinationRecord['state'],
  note: string | null,
): DestinationRecord {
  return {
    name: planned.name,
    kind: planned.kind,
    location: planned.location,
    state,
    commit: null,
    unchanged: false,
    uploaded: 0,
    read: { files: 0, bytes: 0 },
    counts: {},
    same_disk: planned.sameDisk,
    note,
  };
}
