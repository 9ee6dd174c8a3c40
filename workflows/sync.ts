// One cycle of sync after the other, for as long as somebody asks: look, meet the hub, bring in, say. Whoever asks while one runs
// gets one more, however many ask; who waits for an answer gets that of a cycle that began after he asked.
import { allHandlersFinished, condition, setHandler } from '@temporalio/workflow';
import type { CaptureResult } from '../activities/contracts.js';
import type { SyncState, SyncStatus } from '../domain/sync/status.js';
import { ended, reasonOf } from './failure.js';
import { syncAgainSignal, syncRunUpdate, type SyncInput } from './messages.js';
import { runName, trackPhase, type Phase } from './phase.js';
import { quick } from './proxies.js';

interface Found {
  readonly state: SyncState;
  readonly detail: string | null;
  readonly conflicts: number;
  readonly applied: number;
}

/** Ends as Failed with SYNC_WAITS when the hub or the data directory needs a person; the status is in the details. */
export async function syncCycle(input: SyncInput): Promise<SyncStatus> {
  const phase = trackPhase('starting');
  let wanted = 1;
  let join = input.join;
  let began = 0;
  let done = 0;
  let last: SyncStatus | null = null;
  setHandler(syncAgainSignal, () => {
    wanted = Math.max(wanted, began + 1);
  });
  setHandler(syncRunUpdate, async (request) => {
    join ||= request.join;
    // The run that was started with this very request has not begun when it comes.
    wanted = Math.max(wanted, began + 1);
    const mine = began + 1;
    await condition(() => done >= mine);
    if (last === null) throw ended('ACTIVITY_FAILED', 'The cycle ended without a status.');
    return last;
  });
  // What this run was started with is answered by its first cycle.
  await Promise.resolve();
  do {
    began += 1;
    const joining = join;
    join = false;
    last = await oneCycle(phase, `${runName()}-${began}`, joining);
    done = began;
  } while (wanted > began);
  await condition(allHandlersFinished);
  phase.finish(last.state, sentence(last));
  if (NEEDS_HANDS.has(last.state)) throw ended('SYNC_WAITS', sentence(last), last);
  return last;
}

/** The list in the web UI reads like a log: these are red. */
const NEEDS_HANDS: ReadonlySet<SyncState> = new Set([
  'denied',
  'damaged',
  'root_missing',
  'hub_rewound',
  'needs_join',
  'failed',
]);

async function oneCycle(phase: Phase, cycle: string, join: boolean): Promise<SyncStatus> {
  const found = await attempt(phase, cycle, join);
  return quick.finishCycle.executeWithOptions({ summary: 'status, journal, notices' }, [{ cycle, ...found }]);
}

async function attempt(phase: Phase, cycle: string, join: boolean): Promise<Found> {
  const nothing = { conflicts: 0, applied: 0 };
  try {
    phase.enter('looking', 'what changed in the data directory');
    const captured: CaptureResult = await quick.captureChanges.executeWithOptions(
      { summary: join ? 'join the hub anew: look at all files' : 'what changed here' },
      [{ cycle, join }],
    );
    if (captured.state !== 'ok') return { ...nothing, state: captured.state, detail: captured.detail };
    phase.enter('meeting', 'the hub');
    const met = await quick.exchangeWithHub.executeWithOptions({ summary: 'fetch, plan, publish' }, [
      { cycle },
    ]);
    const { state, detail, conflicts, toApply } = met;
    if (toApply === 0) return { state, detail, conflicts, applied: 0 };
    phase.enter('applying', `${toApply} files`);
    const {
      applied,
      failed,
      detail: why,
    } = await quick.applyChanges.executeWithOptions({ summary: `${toApply} files of the hub come in` }, [
      { cycle },
    ]);
    return {
      state,
      conflicts,
      applied,
      detail: failed === 0 ? detail : `${failed} files could not be written: ${why ?? ''}`,
    };
  } catch (error) {
    return { ...nothing, state: 'failed', detail: reasonOf(error) };
  }
}

function sentence({ state, detail, published, applied, conflicts, pending }: SyncStatus): string {
  if (detail !== null) return detail;
  const parts = [`${published} out`, `${applied} in`];
  if (conflicts > 0) parts.push(`${conflicts} merges in the last day`);
  if (pending.length > 0) parts.push(`${pending.length} questions`);
  return state === 'ok' ? parts.join(', ') : `${state}: ${parts.join(', ')}`;
}
