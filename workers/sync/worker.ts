// The sync capability of the worker: its activities' ports, and what asks for cycles while it runs.
import type { Client } from '@temporalio/client';
import type { NewEvent } from '../../domain/journal.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { Config } from '../../config/types.js';
import { answerWith, type Answer } from '../rpc.js';
import type { Logger } from '../log.js';
import { askAgain } from './ask.js';
import type { SyncCalls } from './calls.js';
import { openNudger } from './nudge.js';
import { syncPorts } from './parts.js';
import { explainOffline } from './tailnet.js';
import { watchAndPoll } from './triggers.js';

export interface WorkerSync {
  readonly ports: ReturnType<typeof syncPorts>;
  /** Watches, polls, and answers the front, from now on. */
  serve(client: Client): Answer;
  close(): Promise<void>;
}

export function workerSync(
  config: Config,
  channels: {
    readonly journal: (event: NewEvent) => Promise<void>;
    readonly notify: (notice: Notice) => Promise<void>;
    readonly log: Logger;
    readonly stopping: AbortSignal;
  },
): WorkerSync {
  const { log, journal, notify, stopping } = channels;
  const nudger = openNudger(config, log);
  const ports = syncPorts(config, {
    journal,
    notify,
    nudge: () => nudger.nudge(),
    explain: () => explainOffline(config.nxs.sync.remote),
  });
  return {
    ports,
    serve(client) {
      const asker = { client, node: config.node };
      watchAndPoll({ ports, config, log, signal: stopping, ask: (trigger) => askAgain(asker, trigger) });
      return answerWith<SyncCalls>({
        async 'sync.nudge'() {
          await askAgain(asker, 'nudge');
          return null;
        },
      });
    },
    close: () => nudger.close(),
  };
}
