// Builds the backup capability from the config: for the worker, for commands that need no Temporal, and for the bench.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { BackupPorts, BackupSettings } from '../activities/backup/ports.js';
import { openBackupState } from '../adapters/files/backup-state.js';
import { openSource } from '../adapters/files/source.js';
import { openStages } from '../adapters/git/stages.js';
import type { Config } from '../config/types.js';
import type { Destination } from '../domain/backup/ports.js';
import { openAlone } from './alone.js';
import { backupPaths } from './backup-paths.js';
import { destinationOf } from './destinations.js';
import { openDrillRoom } from './drills.js';
import { openRestores } from './restores.js';
import { starterIds } from './starter-state.js';

/** Tells nobody: for commands that only look. */
export const SILENT: Pick<BackupPorts, 'journal' | 'notify' | 'tidy'> = {
  journal: () => Promise.resolve(),
  notify: () => Promise.resolve(),
  tidy: () => Promise.resolve(),
};

/** Everything but the channels that differ between worker, command and bench. */
export function backupPorts(
  config: Config,
  channels: Pick<BackupPorts, 'journal' | 'notify' | 'tidy'>,
): BackupPorts {
  const { dir, gitHome, stages, undo, drill } = backupPaths(config.stateDir);
  return {
    settings: backupSettings(config),
    destinations: config.backup.destinations.map((each, index) => destinationOf(each, index, config)),
    source: openSource(config.dataDir, path.join(dir, 'stat-cache.ndjson')),
    stages: openStages(stages, gitHome),
    restores: openRestores({ undoDir: undo, dataDir: config.dataDir, stateDir: config.stateDir }),
    drills: openDrillRoom(drill),
    alone: openAlone(path.join(dir, 'locks')),
    state: openBackupState(dir),
    sha256: (data) => createHash('sha256').update(data).digest('hex'),
    hasher() {
      const hash = createHash('sha256');
      return { update: (chunk) => void hash.update(chunk), hex: () => hash.digest('hex') };
    },
    now: () => Date.now(),
    ...channels,
  };
}

function backupSettings(config: Config): BackupSettings {
  const { files, exclude, recency_limit, verify, max_file_bytes } = config.backup;
  return {
    node: config.node,
    rules: files,
    exclude,
    maxFileBytes: max_file_bytes ?? null,
    recencyLimit: recency_limit,
    verify,
    starterIds: starterIds(),
  };
}

/** The stores that can be used now. */
export function readyStores(ports: BackupPorts): readonly Destination[] {
  return ports.destinations.flatMap((each) => (each.state === 'ready' ? [each.store] : []));
}
