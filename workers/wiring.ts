// The composition root of the worker: the one place where activities get their ports.
import path from 'node:path';
import { createBackupActivities } from '../activities/index.js';
import { openJournal } from '../adapters/journal/append.js';
import { logNotifier } from '../adapters/notify/log.js';
import { redactText, secretsOf } from '../config/redact.js';
import type { Config } from '../config/types.js';
import { backupPorts } from './backup-parts.js';
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
  });
  return {
    activities: createBackupActivities(ports, (text) => redactText(text, secrets)),
    close: () => Promise.resolve(),
  };
}
