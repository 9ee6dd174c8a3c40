// An empty or unmounted directory is never "everything deleted" (DESIGN.md, principle 4). One guard for backup and sync.

/** Fewer deletions than this are everyday work, whatever their share. */
const FLOOR = 5;

/** Above this share of what was there before, a person must say that it is meant (SYNC.md, step 9). */
const SHARE = 0.2;

/**
 * True when `deleted` of `before` files is so much that it is held for a person:
 * more than max(5, 20 % of before), or all of several files.
 */
export function isMassDelete(before: number, deleted: number): boolean {
  if (deleted <= 0) return false;
  if (deleted >= before && before > 1) return true;
  return deleted > Math.max(FLOOR, before * SHARE);
}
