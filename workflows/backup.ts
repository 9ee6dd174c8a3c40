// Stage -> publish -> read back -> heal -> record. The order is the point: nothing is called a backup before its bytes
// came back from the destination and hashed right.
import { CancellationScope, workflowInfo } from '@temporalio/workflow';
import type { BackupPlan, PlannedDestination, PublishResult, VerifyResult } from '../activities/contracts.js';
import { describeCounts, plural, type DestinationRecord, type RunRecord } from '../domain/backup/record.js';
import { blankRecord, finishedRecord, firstLook, lookAgain, type Proving } from '../domain/backup/proving.js';
import type { BackupInput } from './messages.js';
import { codeOf, ended, reasonOf } from './failure.js';
import { now, runName, trackPhase, type Phase } from './phase.js';
import { brief, bulk } from './proxies.js';
import { patiently } from './waiting.js';

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
  if (planned.state !== 'ready') return blank(planned, planned.state, planned.note, planned.code);
  const destination = planned.name;
  let published: PublishResult | null = null;
  try {
    published = await patiently(phase, 'backing up', () =>
      bulk.publishBackup.executeWithOptions({ summary: `${plural(plan.files, 'file')} to ${destination}` }, [
        { run, destination },
      ]),
    );
    phase.enter('verifying', `${destination}: reading back`);
    const proving = await verifyAndHeal(run, destination, published, phase);
    return finishedRecord(blank(planned, 'failed', null), published, proving, plan.problems);
  } catch (error) {
    const commit = published?.commit ?? null;
    return { ...blank(planned, 'failed', reasonOf(error), codeOf(error)), commit };
  }
}

async function verifyAndHeal(
  run: string,
  destination: string,
  published: PublishResult,
  phase: Phase,
): Promise<Proving> {
  const look = (round: number): Promise<VerifyResult> =>
    patiently(phase, 'verifying', () =>
      bulk.verifyBackup.executeWithOptions(
        { summary: round === 0 ? `read back from ${destination}` : `read back what was healed (${round})` },
        [{ run, destination, round }],
      ),
    );
  let proving = firstLook(await look(0));
  for (let round = 1; round <= HEAL_ROUNDS && proving.verified.healable > 0; round++) {
    const { healable, counts } = proving.verified;
    phase.enter('healing', `${destination}: ${describeCounts(counts)}`);
    const healed = await patiently(phase, 'healing', () =>
      bulk.healBackup.executeWithOptions({ summary: `upload ${plural(healable, 'damaged file')} again` }, [
        { run, destination, round },
      ]),
    );
    proving = lookAgain(proving, healed, await look(round));
  }
  const commit = proving.commit ?? published.commit;
  phase.enter(
    'verified',
    `${destination} ${commit.slice(0, 12)}: ${describeCounts(proving.verified.counts)}`,
  );
  return proving;
}

function blank(
  { name, kind, location, sameDisk }: PlannedDestination,
  state: DestinationRecord['state'],
  note: string | null,
  code: string | null = null,
): DestinationRecord {
  return blankRecord({ name, kind, location, same_disk: sameDisk }, state, note, code);
}
