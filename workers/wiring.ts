// The composition root of the worker: the one place where activities get their ports.
import path from 'node:path';
import { createBackupActivities } from '../activities/index.js';
import { pruneUndos } from '../adapters/files/undo.js';
import { openJournal } from '../adapters/journal/append.js';
import { pruneJournal } from '../adapters/journal/prune.js';
import { logNotifier } from '../adapters/notify/log.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import { backupPaths, backupPorts } from './backup-parts.js';
import type { Logger } from './log.js';
import type { Wiring } from './worker-settings.js';

/** Everything the worker registers. */
export function wire(config: Config, log: Logger): Wiring {
  const secrets = secretsOf(config);
  const journal = openJournal({ dir: path.join(config.stateDir, 'journal'), node: config.node });
  const ports = backupPorts(config, {
    journal: async (event) => {
      await journal.append([event]);
    },
    notify: logNotifier(log),
    tidy: () => tidy(config, log),
  });
  return {
    activities: createBackupActivities(ports, (text) => redactText(text, secrets)),
    close: () => Promise.resolve(),
  };
}

/** Retention (nxs.yaml). What cannot be removed now is tried again after the next run. */
async function tidy(config: Config, log: Logger): Promise<void> {
  const { undo, journal } = config.nxs.retention;
  try {
    await pruneUndos(backupPaths(config.stateDir).undo, Date.now() - undo);
    await pruneJournal(path.join(config.stateDir, 'journal'), Date.now() - journal);
  } catch (error) {
    log.warn({ reason: errorMessage(error) }, 'old undo copies or journal days could not be removed');
  }
}
