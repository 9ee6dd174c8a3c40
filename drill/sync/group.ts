// Sync: a conflict, a node that is away, a deletion of very much, a clock that is wrong.
import type { Group } from '../scenario.js';
import { conflict } from './conflict.js';
import { deleteGuard } from './delete-guard.js';
import { offlineNode } from './offline.js';
import { openSetting, type SyncSetting } from './setting.js';
import { skewedClock } from './skewed-clock.js';

export const syncGroup: Group<SyncSetting> = {
  name: 'sync',
  scenarios: [conflict, offlineNode, deleteGuard, skewedClock],
  open: openSetting,
};
