// The composition root of the worker: the one place where activities get their ports.
import path from 'node:path';
import {
  createBackupActivities,
  createFailoverActivities,
  createHealingActivities,
  createSyncActivities,
} from '../activities/index.js';
import { openClaimCheck } from '../adapters/files/claim-check.js';
import { pruneUndos } from '../adapters/files/undo.js';
import { openJournal } from '../adapters/journal/append.js';
import { pruneJournal } from '../adapters/journal/prune.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import type { Shell } from '../domain/healing/ports.js';
import type { NewEvent } from '../domain/journal.js';
import type { Notice } from '../domain/notify/notice.js';
import { backupPorts } from './backup-parts.js';
import { backupPaths } from './backup-paths.js';
import { rosterOf } from '../gateway/rules.js';
import type { WorkerCalls } from './failover/calls.js';
import { completeDurably } from './failover/worker-complete.js';
import { reportToManager } from './failover/worker-manager.js';
import { failoverParts } from './failover/worker-parts.js';
import { UNINTERRUPTED } from './healing/busy.js';
import { workerHealing } from './healing/worker.js';
import type { Logger } from './log.js';
import { openNotifications } from './notifications.js';
import { answerWith } from './rpc.js';
import { workerSync } from './sync/worker.js';
import type { WireContext, Wiring } from './worker-settings.js';

/** Everything the worker registers, the calls that it answers, and how it tells people. */
export function wire(
  config: Config,
  context: WireContext,
): Wiring & { readonly notify: (notice: Notice) => Promise<void> } {
  const { log } = context;
  const secrets = secretsOf(config);
  const journal = openJournal({ dir: path.join(config.stateDir, 'journal'), node: config.node });
  const write = async (event: NewEvent): Promise<void> => {
    await journal.append([event]);
  };
  const notifications = openNotifications(config, { log, env: process.env, journal: write });
  const ports = backupPorts(config, {
    journal: write,
    notify: (notice) => notifications.notify(notice),
    tidy: () => tidy(config, log, healing.ports.shell),
  });
  const scrub = (text: string) => redactText(text, secrets);
  const failover = failoverParts(config, context);
  const files = openClaimCheck(config.stateDir);
  const sync = workerSync(config, {
    ...{ journal: write, log, stopping: context.stopping },
    notify: (notice) => notifications.notify(notice),
  });
  const healing = workerHealing(config, {
    ...{ journal: write, log, stopping: context.stopping, front: context.front },
    notify: (notice) => notifications.notify(notice),
  });
  const { node } = config;
  const roster = rosterOf(config);
  return {
    notify: (notice) => notifications.notify(notice),
    activities: {
      ...healing.busy.counted(createBackupActivities(ports, scrub), UNINTERRUPTED),
      ...createFailoverActivities(failover.ports, scrub),
      ...createSyncActivities(sync.ports, scrub),
      ...createHealingActivities(healing.ports, scrub),
    },
    serve(client) {
      healing.connected(client);
      const failing = answerWith<WorkerCalls>({
        async 'failover.report'({ snapshot }) {
          await reportToManager({ client, node, roster }, snapshot);
          return null;
        },
        'failover.complete': (params) => completeDurably({ client, node, files }, params),
      });
      const syncing = sync.serve(client);
      return (method, params) => (method.startsWith('sync.') ? syncing : failing)(method, params);
    },
    async close() {
      healing.ports.close();
      await Promise.all([failover.close(), notifications.close(), sync.close()]);
    },
  };
}

/** Retention (nxs.yaml). What cannot be removed now is tried again after the next run. */
async function tidy(config: Config, log: Logger, shell: Pick<Shell, 'prune'>): Promise<void> {
  const { undo, journal, completion_bodies: bodies } = config.nxs.retention;
  try {
    await openClaimCheck(config.stateDir).prune(Date.now() - bodies);
    await pruneUndos(backupPaths(config.stateDir).undo, Date.now() - undo);
    await shell.prune(Date.now() - undo);
    await pruneJournal(path.join(config.stateDir, 'journal'), Date.now() - journal);
  } catch (error) {
    log.warn(
      { reason: errorMessage(error) },
      'old undo copies, orders, journal days or completion bodies could not be removed',
    );
  }
}
