// Builds the backup capability from the config: for the worker, for commands that need no Temporal, and for the bench.
import { createHash } from 'node:crypto';
import path from 'node:path';
import type { BackupPorts, BackupSettings, ConfiguredDestination } from '../activities/backup/ports.js';
import { openBackupState } from '../adapters/files/backup-state.js';
import { openSource } from '../adapters/files/source.js';
import { createGitDestination } from '../adapters/git/destination.js';
import { openStages } from '../adapters/git/stages.js';

import type { Config, DestinationConfig } from '../config/types.js';
import { unsetUnder } from '../config/unset.js';
import type { Destination } from '../domain/backup/ports.js';
import { openAlone } from './alone.js';
import { openDrillRoom } from './drills.js';
import { openRestores } from './restores.js';
import { starterIds } from './starter-state.js';

/** Where the backup capability keeps its state. */
export function backupPaths(stateDir: string): {
  dir: string;
  gitHome: string;
  stages: string;
  undo: string;
  drill: string;
} {
  const dir = path.join(stateDir, 'backup');
  return {
    dir,
    gitHome: path.join(stateDir, 'git-home'),
    stages: path.join(dir, 'stage'),
    undo: path.join(stateDir, 'undo'),
    drill: path.join(stateDir, 'drill'),
  };
}

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
    restores: openRestores(undo),
    drills: openDrillRoom(drill),
    alone: openAlone(),
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

function destinationOf(each: DestinationConfig, index: number, config: Config): ConfiguredDestination {
  const { name, type: kind } = each;
  const location = each.type === 'git' ? each.path : `${each.owner}/${each.repo}`;
  const closed = (note: string): ConfiguredDestination => ({
    state: 'not_configured',
    name,
    kind,
    location,
    note,
  });
  const unset = unsetUnder(config, 'backup-manifest', `backup.destinations[${index}]`);
  if (unset.length > 0) return closed(`${unset.join(', ')} is not set`);
  // Never in the clear where encryption was asked for, never "done" where nothing was sent.
  if (each.encryption !== undefined) return closed('this version cannot encrypt backups');
  if (each.type === 'github') return closed('this version cannot back up to GitHub');
  const { gitHome } = backupPaths(config.stateDir);
  const prefix = each.prefix === undefined || each.prefix === '' ? '' : `${each.prefix.replace(/\/+$/, '')}/`;
  const store = createGitDestination({ name, path: each.path, prefix, branch: each.branch, gitHome });
  return { state: 'ready', name, kind, store };
}
