// All groups. The longest are begun first; the control runs beside all of them.
import { backupGroup } from './backup/group.js';
import { controlGroup } from './control/group.js';
import { engineGroup } from './engine/group.js';
import { failoverGroup } from './failover/group.js';
import { partOf, type Part } from './part.js';
import { syncGroup } from './sync/group.js';

/** How long the control lasts, ms: as long as the others, but for these bounds. */
const LEAST_MS = 20_000;
const MOST_MS = 150_000;

export const CONTROL = 'control';

/** `others` settles when every group but the control is through. */
export function allParts(others: Promise<void>): readonly Part[] {
  return [
    partOf(backupGroup),
    partOf(syncGroup),
    partOf(failoverGroup),
    partOf(engineGroup),
    partOf(controlGroup({ others, least: LEAST_MS, most: MOST_MS })),
  ];
}
