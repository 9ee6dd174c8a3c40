// Nodes that share a hub, each with a configuration, a data and a state directory of its own; their cycles run the shipped steps
// one after the other, as the workflow does, without Temporal.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Config } from '../../config/types.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { openSyncDesk, type SyncDesk } from '../../workers/sync/view.js';
import { configOf, fill, filesIn, makePlace, removePlace, type Place } from './e2e-place.js';
import { runSyncCycle } from './sync-cycle.js';

export interface SyncNode {
  readonly name: string;
  readonly place: Place;
  readonly config: Config;
  readonly notices: Notice[];
  /** One cycle by a process that has just begun; `join` meets the hub anew, `ahead` ms is how wrong its clock is. */
  cycle(join?: boolean, ahead?: number): Promise<SyncStatus>;
  /** The same node with its configuration read anew. */
  moved(): Promise<SyncNode>;
  desk(): SyncDesk;
  write(files: Readonly<Record<string, string>>): Promise<void>;
  /** Path -> text of the data directory, ours left out. */
  files(): Promise<Record<string, string>>;
}

/** A path for a hub that nobody has made yet. */
export async function hubPath(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'nxs-hub-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return join(dir, 'hub.git');
}

/** A node of that name; `remote` null is the hub in its own state. */
export async function syncNode(name: string, remote: string | null, manifest = ''): Promise<SyncNode> {
  const place = await makePlace();
  onTestFinished(() => removePlace(place));
  const sync = remote === null ? {} : { sync: { remote } };
  await writeFile(join(place.configDir, 'nxs.yaml'), JSON.stringify({ node: name, ...sync }));
  if (manifest !== '') await writeFile(join(place.configDir, 'sync-manifest.yaml'), manifest);
  return nodeAt(name, place);
}

async function nodeAt(name: string, place: Place): Promise<SyncNode> {
  const config = await configOf({ ...place, env: { ...place.env, NXS_NODE: name } });
  const notices: Notice[] = [];
  let cycles = 0;
  return {
    name,
    place,
    config,
    notices,
    cycle: (join = false, ahead = 0) =>
      runSyncCycle(config, `${name}-${(cycles += 1)}`, {
        join,
        ahead,
        heard: (notice) => {
          if (notice.state === 'raised') notices.push(notice);
        },
      }),
    moved: () => nodeAt(name, place),
    desk: () => openSyncDesk(config),
    write: (files) => fill(place.dataDir, files),
    async files() {
      const found = [...(await filesIn(place.dataDir))].filter(([path]) => !path.startsWith('.nxs-'));
      return Object.fromEntries(
        found.sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, bytes]) => [path, bytes.toString()]),
      );
    },
  };
}
