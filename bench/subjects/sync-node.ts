// A node of sync in this process, wired by the product's own composition root: a cycle without Temporal.
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { applyChanges } from '../../activities/sync/apply.js';
import { captureChanges } from '../../activities/sync/capture.js';
import { exchangeWithHub } from '../../activities/sync/exchange.js';
import { finishCycle } from '../../activities/sync/finish.js';
import type { SyncPorts } from '../../activities/sync/ports.js';
import { loadConfig } from '../../config/load.js';
import { standing } from '../../workers/offline.js';
import { syncPorts, UNHEARD } from '../../workers/sync/parts.js';
import { ourEnvironment } from './ours.js';
import type { Scratch } from './scratch.js';

export interface SyncSubject {
  readonly data: string;
  readonly env: NodeJS.ProcessEnv;
  /** One cycle; throws unless it met the hub. Returns what went out and what came in. */
  cycle(): Promise<{ readonly published: number; readonly applied: number }>;
}

/** A node over `data`, with what is synced named by the default manifest. */
export async function openSyncNode(
  scratch: Scratch,
  name: string,
  hub: string,
  more: {
    readonly data?: string;
    readonly nxs?: object;
    /** Stands between the steps and the outside. */
    readonly around?: (ports: SyncPorts) => SyncPorts;
  } = {},
): Promise<SyncSubject> {
  const data = more.data ?? scratch.dir(`${name}-data`);
  const [state, settings] = [scratch.dir(`${name}-state`), scratch.dir(`${name}-config`)];
  const nxs = { node: name, sync: { remote: hub }, ...more.nxs };
  writeFileSync(path.join(settings, 'nxs.yaml'), JSON.stringify(nxs));
  const env = { ...ourEnvironment(scratch.env, state, data), NXS_NODE: name, NXS_CONFIG_DIR: settings };
  const config = await loadConfig({ env });
  const own = syncPorts(config, UNHEARD);
  const ports = more.around?.(own) ?? own;
  const task = standing(() => undefined);
  mkdirSync(data, { recursive: true });
  let cycles = 0;
  return {
    data,
    env,
    async cycle() {
      const cycle = `${name}-${(cycles += 1)}`;
      const captured = await captureChanges(ports, { cycle, join: false }, task);
      if (captured.state !== 'ok') throw new Error(captured.detail ?? captured.state);
      const met = await exchangeWithHub(ports, { cycle }, task);
      if (met.state !== 'ok') throw new Error(met.detail);
      const { applied } = met.toApply === 0 ? { applied: 0 } : await applyChanges(ports, { cycle }, task);
      await finishCycle(ports, { cycle, state: met.state, detail: null, conflicts: met.conflicts, applied });
      return { published: met.published, applied };
    },
  };
}
