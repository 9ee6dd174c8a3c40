// Payloads that no key opens. Temporal repeats what waits for them, with growing pauses and for ever, so that a key which comes back
// finds all of it; meanwhile somebody has to say so: the log, /readyz and `nxs doctor`.
import type { NxsError } from '../domain/errors.js';
import type { Logger } from './log.js';

export interface Unreadable {
  readonly note: (error: NxsError) => void;
  /** The sentence of the latest one; null when none came for a while. */
  readonly latest: () => string | null;
}

/** ms: longer than the longest pause that the server makes between two tries of a workflow task (10 min). */
const FRESH = 15 * 60_000;
/** ms between two lines of the log about the same key. */
const QUIET = 60_000;

export function openUnreadable(log: Logger, now: () => number = Date.now): Unreadable {
  const said = new Map<string, number>();
  let last: { readonly at: number; readonly sentence: string } | null = null;
  return {
    note({ message, details }) {
      const at = now();
      last = { at, sentence: message };
      const key = String(details['keyId']);
      if (at - (said.get(key) ?? -Infinity) < QUIET) return;
      // A stranger may name as many keys as they like.
      if (said.size > 100) said.clear();
      said.set(key, at);
      log.error({ code: 'PAYLOAD_UNREADABLE', key }, message);
    },
    latest: () => (last === null || now() - last.at > FRESH ? null : last.sentence),
  };
}
