// Builds the sync capability from the config: for the worker, for commands that need no Temporal, and for the bench.
import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseDocument } from 'yaml';
import type { SyncPorts, SyncSettings } from '../../activities/sync/ports.js';
import { acquireLock } from '../../adapters/files/lock.js';
import { openSyncState } from '../../adapters/files/sync-state.js';
import { openHub } from '../../adapters/hub/open-hub.js';
import { hashBytes } from '../../adapters/files/hash.js';
import { openWorkspace, type OpenWorkspace } from '../../adapters/workspace/open-workspace.js';
import type { Config } from '../../config/types.js';
import { publishPause } from '../../domain/sync/publishing.js';
import { starterIds } from '../starter-state.js';

/** A cycle of somebody else is over in seconds, a first meeting in minutes. */
const PATIENCE_MS = 30 * 60_000;

export interface SyncChannels {
  readonly journal: SyncPorts['journal'];
  readonly notify: SyncPorts['notify'];
  readonly nudge: SyncPorts['nudge'];
  readonly explain: SyncPorts['explain'];
}

/** Tells nobody: for commands that only look. */
export const UNHEARD: SyncChannels = {
  journal: () => Promise.resolve(),
  notify: () => Promise.resolve(),
  nudge: () => undefined,
  explain: () => Promise.resolve(null),
};

/** Where the sync capability keeps its state. */
export function syncDir(stateDir: string): string {
  return path.join(stateDir, 'sync');
}

/** Throws NxsError CONFIG_INVALID for a remote that git cannot reach safely. */
export function syncPorts(
  config: Config,
  channels: SyncChannels,
): SyncPorts & { readonly workspace: OpenWorkspace } {
  const dir = syncDir(config.stateDir);
  const { remote, branch, ssh_key, token, known_hosts } = config.nxs.sync;
  const now = Date.now;
  return {
    settings: syncSettings(config),
    hub: openHub({
      dir,
      remote: remote ?? null,
      branch,
      sshKey: ssh_key ?? null,
      token: token ?? null,
      knownHosts: known_hosts,
    }),
    workspace: openWorkspace({ root: config.dataDir, dir, now }),
    keeping: openSyncState({ dir, retention: config.nxs.retention.losers, now }),
    alone: (work) => alone(path.join(dir, 'lock'), work),
    sha256: (data) => createHash('sha256').update(data).digest('hex'),
    blobId: (bytes) => hashBytes(bytes).oid,
    decode: (bytes) => (isUtf8(bytes) ? Buffer.from(bytes).toString('utf8') : null),
    encode: (text) => Buffer.from(text),
    parsesYaml: (text) => parseDocument(text).errors.length === 0,
    now,
    async pause() {
      await sleep(publishPause(Math.random()));
    },
    ...channels,
  };
}

function syncSettings(config: Config): SyncSettings {
  const { include, exclude, merge_rules, settle, max_file_bytes } = config.sync;
  return {
    node: config.node,
    host: hostname(),
    include,
    exclude,
    rules: merge_rules,
    settle,
    largest: max_file_bytes,
    starterIds: starterIds(),
  };
}

async function alone<T>(file: string, work: () => Promise<T>): Promise<T> {
  const lock = await acquireLock(file, { wait: PATIENCE_MS, purpose: 'sync' });
  try {
    return await work();
  } finally {
    await lock.release();
  }
}
