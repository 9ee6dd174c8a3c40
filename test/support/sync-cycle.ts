// The steps of a cycle one after the other, as the workflow does, without Temporal, in a process that has just begun.
import { applyChanges } from '../../activities/sync/apply.js';
import { captureChanges } from '../../activities/sync/capture.js';
import { exchangeWithHub } from '../../activities/sync/exchange.js';
import { finishCycle } from '../../activities/sync/finish.js';
import type { Config } from '../../config/types.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { standing } from '../../workers/offline.js';
import { syncPorts, UNHEARD } from '../../workers/sync/parts.js';

const task = standing(() => undefined);

export async function runSyncCycle(
  config: Config,
  cycle: string,
  {
    join = false,
    ahead = 0,
    heard,
  }: { readonly join?: boolean; readonly ahead?: number; readonly heard?: (notice: Notice) => void } = {},
): Promise<SyncStatus> {
  const wired = syncPorts(config, {
    ...UNHEARD,
    notify: (notice) => {
      heard?.(notice);
      return Promise.resolve();
    },
  });
  const ports = ahead === 0 ? wired : { ...wired, now: () => Date.now() + ahead };
  const captured = await captureChanges(ports, { cycle, join }, task);
  let { state, detail } = captured;
  let [conflicts, applied] = [0, 0];
  if (state === 'ok') {
    const met = await exchangeWithHub(ports, { cycle }, task);
    ({ state, detail, conflicts } = met);
    if (met.toApply > 0) ({ applied } = await applyChanges(ports, { cycle }, task));
  }
  return finishCycle(ports, { cycle, state, detail, conflicts, applied });
}
