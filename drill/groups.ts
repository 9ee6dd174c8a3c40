// All groups, in the order in which they are begun: the longest first.
import { backupGroup } from './backup/group.js';
import { controlGroup } from './control/group.js';
import { engineGroup } from './engine/group.js';
import { failoverGroup } from './failover/group.js';
import { approvalGroup, healingGroup } from './healing/group.js';
import { partOf, type Part } from './part.js';
import { syncGroup } from './sync/group.js';

/** How long the control lasts, ms: as long as the others, but for these bounds. */
const LEAST_MS = 20_000;
const MOST_MS = 150_000;

export const CONTROL = 'control';

/** Groups that wait most of their time: they run beside the others, from the beginning. */
export const WAITING: readonly string[] = [CONTROL, 'approval'];

/** `others` settles when every group but the control is through. */
export function allParts(others: Promise<void>): readonly Part[] {
  return [
    partOf(approvalGroup),
    partOf(syncGroup),
    partOf(healingGroup),
    partOf(backupGroup),
    partOf(failoverGroup),
    partOf(engineGroup),
    partOf(controlGroup({ others, least: LEAST_MS, most: MOST_MS })),
  ];
}
