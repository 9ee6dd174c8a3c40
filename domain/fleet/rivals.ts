// Two machines under one node name would share one task queue: one would back up the other's data and restart its services. So the
// place of a node belongs to one state directory at a time, and whoever comes second waits.
import { identityText, parseIdentity, type WorkerIdentity } from './identity.js';

/** As Temporal tells of a task queue. */
export interface Poller {
  readonly identity: string;
  /** When it asked for work last, by the server's clock, ms since the epoch. */
  readonly seen: number;
}

export interface Rival extends WorkerIdentity {
  readonly seen: number;
}

/** ms: a worker that lives asks at least once in about 70 s, since a poll that finds nothing ends after 60 s. */
export const SILENT_AFTER = 100_000;

/** ms: two polls closer than this may both be of the time before we came. */
const MARGIN = 15_000;

/**
 * Before we poll: a worker of another state directory that lives there, the latest first; null when the place is free. `twin`: the
 * host of a worker that has our own state directory (somebody copied it) and was met before. A server whose clock is ahead of ours
 * only makes us wait longer.
 */
export function rivalBefore(
  self: WorkerIdentity,
  pollers: readonly Poller[],
  now: number,
  twin: string | null,
): Rival | null {
  const living = rivalsIn(pollers).filter(({ seen }) => now - seen < SILENT_AFTER);
  return living.find((each) => each.instance !== self.instance || each.host === twin) ?? null;
}

/**
 * While we poll: a worker that has asked for work after we had, although the place is ours. `ours`: when Temporal saw us first, by its
 * own clock. The one that started later has to go; both see the same two names, so exactly one does.
 */
export function rivalBeside(
  self: WorkerIdentity,
  pollers: readonly Poller[],
  ours: number,
): { readonly rival: Rival; readonly yields: boolean } | null {
  const me = identityText(self);
  const rival = rivalsIn(pollers.filter(({ identity }) => identity !== me)).find(
    ({ seen }) => seen > ours + MARGIN,
  );
  if (rival === undefined) return null;
  const later = rival.since === self.since ? identityText(rival) < me : rival.since < self.since;
  return { rival, yields: later };
}

/** When Temporal saw us; null: not yet. */
export function seenOf(self: WorkerIdentity, pollers: readonly Poller[]): number | null {
  return pollers.find(({ identity }) => identity === identityText(self))?.seen ?? null;
}

/** One sentence for a person. */
export function rivalSentence(node: string, { host, version }: Pick<Rival, 'host' | 'version'>): string {
  return `The node name "${node}" is taken: a worker on ${host} (version ${version}) works under it for another state directory.`;
}

function rivalsIn(pollers: readonly Poller[]): readonly Rival[] {
  return pollers
    .flatMap(({ identity, seen }) => {
      const parsed = parseIdentity(identity);
      return parsed === null ? [] : [{ ...parsed, seen }];
    })
    .sort((a, b) => b.seen - a.seen);
}
