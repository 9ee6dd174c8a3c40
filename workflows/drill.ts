// A backup that was never restored is a guess. Once a week all of it is brought back from each destination and hashed.
import { CancellationScope, isCancellation, workflowInfo } from '@temporalio/workflow';
import type { DrillRecord, DrillRun } from '../domain/backup/drill.js';
import { ended, reasonOf } from './failure.js';
import type { DrillInput } from './messages.js';
import { now, runName, trackPhase, type Phase } from './phase.js';
import { brief, bulk } from './proxies.js';
import { patiently } from './waiting.js';

/** Ends as Failed with DRILL_NOT_GREEN or DRILL_INCONCLUSIVE when it is not green; the result is in the details. */
export async function restoreDrill(input: DrillInput): Promise<DrillRun> {
  const phase = trackPhase('looking');
  const run = runName();
  const plan = await brief.planDrill.executeWithOptions({ summary: 'which destinations there are' }, [
    { run, destination: input.destination },
  ]);
  const drills: DrillRecord[] = [];
  for (const destination of plan.ready) {
    phase.enter('restoring', `all of ${destination}, into a scratch directory`);
    const { drill, cancelled } = await drillOne(phase, run, destination);
    drills.push(drill);
    if (cancelled) break;
  }
  return CancellationScope.nonCancellable(async () => {
    const { workflowId } = workflowInfo();
    const result = await brief.recordDrill.executeWithOptions({ summary: 'write the record and tell' }, [
      { run, workflowId, drills, skipped: plan.skipped },
    ]);
    phase.finish(result.outcome, result.summary);
    if (result.outcome === 'green') return result;
    const code = result.outcome === 'not_green' ? 'DRILL_NOT_GREEN' : 'DRILL_INCONCLUSIVE';
    throw ended(code, result.summary, result);
  });
}

/** One after the other, so that the scratch directory never holds more than one of them. */
async function drillOne(
  phase: Phase,
  run: string,
  destination: string,
): Promise<{ readonly drill: DrillRecord; readonly cancelled: boolean }> {
  const began = Date.now();
  try {
    const drill = await patiently(phase, 'restoring', () =>
      bulk.drillRestore.executeWithOptions({ summary: `bring all of ${destination} back and hash it` }, [
        { run, destination },
      ]),
    );
    return { drill, cancelled: false };
  } catch (error) {
    const drill: DrillRecord = {
      run,
      destination,
      outcome: 'inconclusive',
      at: now(),
      commit: null,
      files: 0,
      bytes: 0,
      counts: {},
      duration_ms: Date.now() - began,
      changed_since: null,
      note: reasonOf(error),
      bad: [],
    };
    return { drill, cancelled: isCancellation(error) };
  }
}
