// What the activities of a backup say in the tests of its workflow, unless a test has other lines for them.
import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import type {
  BackupActivities,
  BackupPlan,
  RecordInput,
  VerifyResult,
} from '../../../activities/contracts.js';
import { outcomeOf, summarize, type RunRecord } from '../../../domain/backup/record.js';

export const local = {
  name: 'local',
  kind: 'git',
  location: '/x',
  sameDisk: true,
  state: 'ready',
  note: null,
} as const;
export const plan: BackupPlan = {
  files: 3,
  bytes: 30,
  read: 3,
  problems: 0,
  dataDir: '/data',
  held: null,
  destinations: [local],
};
const checks = {
  exists: { checked: 3, failed: 0 },
  hash: { checked: 3, failed: 0 },
  size: { checked: 3, failed: 0 },
};
export const good: VerifyResult = {
  checks,
  counts: { VERIFIED: 3 },
  healable: 0,
  read: { files: 3, bytes: 30 },
};
export const bad: VerifyResult = {
  checks,
  counts: { VERIFIED: 2, MISMATCH: 1 },
  healable: 1,
  read: { files: 3, bytes: 30 },
};

/** Activities that note what they were called for. */
export function activities(over: Partial<BackupActivities>): {
  calls: string[];
  all: Partial<BackupActivities>;
} {
  const calls: string[] = [];
  const base: Partial<BackupActivities> = {
    planBackup: () => Promise.resolve(plan),
    publishBackup: () =>
      Promise.resolve({ commit: 'c'.repeat(40), unchanged: false, uploaded: 3, note: null, tamper: null }),
    verifyBackup: () => Promise.resolve(good),
    healBackup: () =>
      Promise.resolve({ healed: 1, lost: 0, note: '1 object written again', commit: null, fallback: 0 }),
    recordBackup: (input) => Promise.resolve(recordOf(input)),
    ...over,
  };
  const all = Object.fromEntries(
    Object.entries(base).map(([name, call]) => [
      name,
      (input: never) => {
        calls.push(name);
        return (call as (input: never) => unknown)(input);
      },
    ]),
  );
  return { calls, all };
}

function recordOf(input: RecordInput): RunRecord {
  const { plan: made, destinations, failure } = input;
  const held = made?.held ?? null;
  return {
    run: input.run,
    workflow_id: input.workflowId,
    node: 'test',
    trigger: input.trigger,
    outcome: held !== null ? 'held' : failure !== null ? 'failed' : outcomeOf(destinations),
    started: input.started,
    finished: input.started,
    data_dir: '/data',
    files: made?.files ?? 0,
    bytes: made?.bytes ?? 0,
    problems: made?.problems ?? 0,
    summary: failure ?? summarize(made?.files ?? 0, destinations),
    held,
    destinations: [...destinations],
  };
}

export async function failureOf(result: Promise<unknown>): Promise<{ type: string; record: RunRecord }> {
  const error = await result.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  return { type: error.cause.type ?? '', record: error.cause.details?.[0] as RunRecord };
}

export const input = { trigger: 'person', confirm: null };
