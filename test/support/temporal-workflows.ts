// A worker on the shared dev server whose activities the test provides: workflow logic is tried by itself, against the real
// server, with the bundle as it is shipped.
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { randomUUID } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { inject } from 'vitest';
import { dataConverter } from '../../adapters/temporal/data-converter.js';
import type { PayloadKey } from '../../adapters/temporal/payload-key.js';
import type {
  BackupActivities,
  FailoverActivities,
  FailoverSteps,
  HealingActivities,
  SyncActivities,
} from '../../activities/contracts.js';
import { kindAttributes } from '../../workers/attributes.js';
import { checkBundle, workflowBundle } from '../../workers/bundle.js';
import { packageVersion } from '../../workers/package-version.js';
import { WORKER_LIMITS } from '../../workers/worker-limits.js';
import { taskQueue, workflowId, type WorkflowKind } from '../../domain/ids.js';
import { recordingFolder } from './histories.js';

const ROOT = path.resolve(import.meta.dirname, '../..');

/** `NXS_TEST_RECORD=1 npm test -- test/workflows` writes the histories of this version, which test/replay replays. */
const RECORD = process.env['NXS_TEST_RECORD'] === '1';

type Cast = BackupActivities & FailoverActivities & FailoverSteps & SyncActivities & HealingActivities;

const NAMES = [
  'planBackup',
  'publishBackup',
  'verifyBackup',
  'healBackup',
  'recordBackup',
  'checkAccess',
  'checkBackup',
  'restoreBackup',
  'planDrill',
  'drillRestore',
  'recordDrill',
  'attemptCompletion',
  'monitorProviders',
  'isSilent',
  'applySwitch',
  'applyReset',
  'captureChanges',
  'exchangeWithHub',
  'applyChanges',
  'finishCycle',
  'monitorHost',
  'openIncident',
  'planStep',
  'askApproval',
  'noteAnswer',
  'act',
  'verifyHealed',
  'awaitClear',
  'noteStuck',
  'closeIncident',
  'noteBlind',
  'signalTimes',
  'checkSignature',
] as const satisfies readonly (keyof Cast)[];

export interface Stage {
  readonly client: Client;
  readonly node: string;
  /** Starts a workflow; it runs while `work` runs. */
  start(type: string, kind: WorkflowKind, input: object): Promise<WorkflowHandle>;
  /** Runs `work` while the worker's activities are these. */
  playing<T>(activities: Partial<Cast>, work: () => Promise<T>): Promise<T>;
  /** Keeps the history of a run under this name, when asked to by the environment. */
  record(handle: WorkflowHandle, name: string): Promise<void>;
  close(): Promise<void>;
}

/** A stage of its own: no other test shares its task queue. `keys`: of the payload codec. */
export async function openStage(
  address = inject('temporalAddress'),
  keys: readonly PayloadKey[] = [],
): Promise<Stage> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await Connection.connect({ address });
  const native = await NativeConnection.connect({ address });
  const converter = dataConverter(keys);
  const client = new Client({ connection, dataConverter: converter });
  const node = `test-${randomUUID().slice(0, 8)}`;
  // One worker for the whole file, because creating one costs a second; what its activities do changes with the test.
  // A workflow keeps the cast it was started with: what an earlier test left behind must not play in this one.
  let cast: Partial<Cast> = {};
  const casts = new Map<string, Partial<Cast>>();
  const worker = await Worker.create({
    connection: native,
    taskQueue: taskQueue(node),
    maxHeartbeatThrottleInterval: WORKER_LIMITS.maxHeartbeatThrottleInterval,
    workflowBundle: await workflowBundle(await checkBundle(path.join(ROOT, 'dist')), keys.length > 0),
    dataConverter: converter,
    activities: Object.fromEntries(
      NAMES.map((name) => [
        name,
        (input: never): Promise<unknown> => {
          const play = castOf(Context.current().info.workflowExecution?.workflowId ?? '')[name];
          if (play === undefined) throw new Error(`the test has no ${name}`);
          return play(input);
        },
      ]),
    ),
  });
  const running = worker.run();
  function castOf(id: string): Partial<Cast> {
    return casts.get(id) ?? cast;
  }
  return {
    client,
    node,
    start(type, kind, input) {
      const id = workflowId(node, kind, randomUUID().slice(0, 8));
      casts.set(id, cast);
      return client.workflow.start(type, {
        workflowId: id,
        taskQueue: taskQueue(node),
        args: [{ node, ...input }],
        staticSummary: `test of ${type}`,
        typedSearchAttributes: kindAttributes(node, kind),
      });
    },
    async playing(activities, work) {
      cast = activities;
      return work();
    },
    async record(handle, name) {
      if (!RECORD) return;
      const history = await handle.fetchHistory();
      const dir = recordingFolder(packageVersion());
      await mkdir(dir, { recursive: true });
      // Stacks name the paths of the machine that recorded them, and replay does not need them.
      const text = toJson(history).replace(/"stackTrace": "(?:[^"\\]|\\.)*"/g, '"stackTrace": ""');
      await writeFile(path.join(dir, `${name}.json`), `${text}\n`);
    },
    async close() {
      worker.shutdown();
      await running;
      await connection.close();
      await native.close();
    },
  };
}

function toJson(history: unknown): string {
  const require = createRequire(import.meta.url);
  const { historyToJSON } = require('@temporalio/common/lib/proto-utils') as {
    historyToJSON: (history: unknown) => string;
  };
  return historyToJSON(history);
}
