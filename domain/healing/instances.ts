// A service that dies and is started again by somebody else looks well at every single look. Its restarts tell.
/** Restarts within the window that make it one. */
const RESTARTS = 3;
const WINDOW = 600_000;

export interface Instances {
  /** What names the present one; null: not seen yet. */
  readonly current: string | null;
  /** When it changed, ms, newest last. */
  readonly changes: readonly number[];
}

export const NEVER_SEEN: Instances = { current: null, changes: [] };

/** One more look at `now` (ms); `instance` null: the probe cannot tell, or nothing runs. */
export function noteInstance(before: Instances, instance: string | null, now: number): Instances {
  const changes = before.changes.filter((at) => at > now - WINDOW);
  if (instance === null) return { current: before.current, changes };
  const isNew = before.current !== null && before.current !== instance;
  return { current: instance, changes: isNew ? [...changes, now] : changes };
}

/** `restarted 3 times in 10 minutes`, or null while that is no loop. */
export function crashLoop({ changes }: Instances): string | null {
  if (changes.length < RESTARTS) return null;
  return `restarted ${String(changes.length)} times in ${String(WINDOW / 60_000)} minutes`;
}
