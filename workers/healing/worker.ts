// The healing capability of the worker: its ports, and the loop that there always is one of.
import {
  WorkflowExecutionAlreadyStartedError,
  WorkflowIdConflictPolicy,
  type Client,
} from '@temporalio/client';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import type { HostWatch } from '../../domain/healing/steps.js';
import { HEALING_TASK_TIMEOUT, healingWorkflowId, taskQueue } from '../../domain/ids.js';
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { HealingInput } from '../../workflows/messages.js';
import { kindAttributes } from '../attributes.js';
import type { FrontCalls } from '../failover/calls.js';
import type { Logger } from '../log.js';
import type { Caller } from '../rpc.js';
import { openBusy, restoringOffline, type Busy } from './busy.js';
import { healingPorts } from './parts.js';

export interface WorkerHealing {
  readonly ports: ReturnType<typeof healingPorts>;
  readonly busy: Busy;
  connected(client: Client): void;
}

export function workerHealing(
  config: Config,
  channels: {
    readonly journal: (event: NewEvent) => Promise<void>;
    readonly notify: (notice: Notice) => Promise<void>;
    readonly front: Caller<FrontCalls>;
    readonly log: Logger;
    readonly stopping: AbortSignal;
  },
): WorkerHealing {
  const { journal, notify, front, log, stopping } = channels;
  const busy = openBusy();
  let client: Client | null = null;
  const { heartbeat_url: heartbeat } = config.healing;
  const ports = healingPorts(config, {
    journal,
    notify,
    stopping,
    busy: async () => busy.now() ?? (await restoringOffline(config.stateDir)),
    client: () => client,
    providers: () => front.call('failover.view', null),
    alive: () => {
      if (heartbeat !== undefined) void beat(heartbeat, log);
    },
  });
  return {
    ports,
    busy,
    connected(next) {
      client = next;
    },
  };
}

/** Tells a dead man's switch that the loop is alive. It fails in silence but for the log: its silence is the alarm. */
async function beat(url: string, log: Logger): Promise<void> {
  try {
    const reply = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    await reply.arrayBuffer();
    if (!reply.ok) log.warn({ status: reply.status }, 'the heartbeat URL does not take the heartbeat');
  } catch (error) {
    log.warn({ reason: errorMessage(error) }, 'the heartbeat could not be sent');
  }
}

/** Starts the loop where there is none. Tried until it has worked or the worker stops; never rejects. */
export async function startHealing({
  client,
  node,
  known,
  log,
  signal,
}: {
  client: Client;
  node: string;
  /** What an earlier loop knew that was ended; one that runs knows better. */
  known: HostWatch;
  log: Logger;
  signal: AbortSignal;
}): Promise<void> {
  const input: HealingInput = { node, known };
  for (let pause = 250; !signal.aborted; pause = Math.min(pause * 2, 30_000)) {
    try {
      await client.workflow.start('healingLoop', {
        workflowId: healingWorkflowId(node),
        taskQueue: taskQueue(node),
        args: [input],
        workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
        workflowTaskTimeout: HEALING_TASK_TIMEOUT,
        staticSummary:
          'self-healing: watches this machine, starts an incident for each thing that goes wrong',
        typedSearchAttributes: kindAttributes(node, 'healing'),
      });
      return;
    } catch (error) {
      if (error instanceof WorkflowExecutionAlreadyStartedError) return;
      log.warn({ pause, reason: errorMessage(error) }, 'the healing loop is started again');
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}
