// Temporal's schedules follow the config. What a person did to one (paused it) stays.
import {
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleOptions,
} from '@temporalio/client';
import { createHash } from 'node:crypto';
import { payloadKeys } from '../adapters/temporal/payload-key.js';
import type { Config } from '../config/types.js';
import { errorCode } from '../domain/errors.js';
import { scheduleId, taskQueue, workflowId, type ScheduleKind, type WorkflowKind } from '../domain/ids.js';
import { kindAttributes } from './attributes.js';

interface Job {
  readonly kind: ScheduleKind;
  readonly workflow: WorkflowKind;
  readonly type: string;
  readonly args: readonly unknown[];
  /** ms */
  readonly every: number;
  readonly summary: string;
}

/** A run that takes longer than this hangs; Temporal ends it, and the next one starts clean. */
const RUN_TIMEOUT = '12 hours';

/** After an outage, missed runs older than this are not made up for: one backup now is worth all of them. */
const CATCHUP_WINDOW = '10 minutes';

/** Creates what is missing and updates what differs from the config; repeating it changes nothing. */
export async function reconcileSchedules(client: Client, config: Config): Promise<void> {
  const key = payloadKeys(config.nxs.temporal)[0]?.id ?? null;
  await Promise.all(jobs(config).map((job) => reconcile(client, optionsOf(config.node, job, key))));
}

function jobs(config: Config): readonly Job[] {
  const { node, backup, sync } = config;
  return [
    {
      kind: 'backup',
      workflow: 'backup',
      type: 'backupAndVerify',
      args: [{ node, trigger: 'schedule', confirm: null }],
      every: backup.every,
      summary: `scheduled backup of ${config.dataDir}`,
    },
    {
      kind: 'backup-hourly',
      workflow: 'access-check',
      type: 'checkAccessAndRecency',
      args: [{ node }],
      every: 3_600_000,
      summary: 'hourly check of access and of the age of the last proved backup',
    },
    {
      kind: 'verify',
      workflow: 'verify',
      type: 'verifyBackups',
      args: [{ node, destination: null, level: 'rolling', heal: true }],
      every: backup.verify.every,
      summary: 'rolling verification: a share of the stored bytes is read back',
    },
    {
      kind: 'restore-drill',
      workflow: 'restore-drill',
      type: 'restoreDrill',
      args: [{ node, destination: null }],
      every: backup.restore_drill.every,
      summary: 'restore drill: all of each destination is brought back and hashed',
    },
    {
      kind: 'sync',
      workflow: 'sync',
      type: 'syncCycle',
      args: [{ node, trigger: 'schedule', join: false }],
      every: sync.interval,
      summary: `scheduled sync of ${config.dataDir}`,
    },
  ];
}

async function reconcile(client: Client, options: ScheduleOptions): Promise<void> {
  const handle = client.schedule.getHandle(options.scheduleId);
  try {
    const { state } = await handle.describe();
    if (state.note === options.state?.note) return;
    await handle.update((previous) => ({
      ...options,
      state: { ...options.state, paused: previous.state.paused },
    }));
  } catch (error) {
    if (errorCode(error) === 'PAYLOAD_UNREADABLE') await renew(client, options);
    else if (error instanceof ScheduleNotFoundError) await client.schedule.create(options);
    else throw error;
  }
}

/** It was written with a key that is gone. All of it comes from the config, but for a person's pause. */
async function renew(client: Client, options: ScheduleOptions): Promise<void> {
  const { scheduleId: id } = options;
  const { namespace } = client.options;
  const { schedule } = await client.connection.workflowService.describeSchedule({
    namespace,
    scheduleId: id,
  });
  const paused = schedule?.state?.paused === true;
  await client.schedule.getHandle(id).delete();
  await client.schedule.create({ ...options, state: { ...options.state, paused } });
}

/** `key`: id of the key that encrypts; a schedule whose arguments were written with another one is written anew. */
function optionsOf(node: string, job: Job, key: string | null): ScheduleOptions {
  const options = {
    scheduleId: scheduleId(node, job.kind),
    spec: { intervals: [{ every: job.every }], jitter: Math.min(60_000, job.every / 10) },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: CATCHUP_WINDOW },
    action: {
      type: 'startWorkflow' as const,
      workflowType: job.type,
      workflowId: workflowId(node, job.workflow, 'scheduled'),
      taskQueue: taskQueue(node),
      args: [...job.args],
      workflowRunTimeout: RUN_TIMEOUT,
      staticSummary: job.summary,
      typedSearchAttributes: kindAttributes(node, job.workflow),
    },
  } satisfies ScheduleOptions;
  // The digest tells whether the schedule is the one that this config asks for, without comparing field by field.
  const digest = createHash('sha256')
    .update(JSON.stringify(options) + (key ?? ''))
    .digest('hex')
    .slice(0, 12);
  return { ...options, state: { note: `kept by nxs from its configuration (${digest})` } };
}
