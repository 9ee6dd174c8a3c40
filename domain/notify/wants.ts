// What one channel still has to be told. Each channel has a memory of its own, so that one that failed catches up and the
// others do not hear anything twice.
import type { NoticeLevel } from './notice.js';
import type { Covered } from './message.js';
import type { ChannelState, Incident, Told } from './state.js';

export interface ChannelRules {
  readonly name: string;
  /** What is below it is not told. */
  readonly minLevel: NoticeLevel;
  /** An incident that is still open is told again after so many ms. */
  readonly remindAfter: number;
  /** Messages in an hour at most; null: no limit. */
  readonly maxPerHour: number | null;
}

export interface Want extends Covered {
  readonly of: Incident;
}

const RANKS: Readonly<Record<NoticeLevel, number>> = { info: 0, warning: 1, critical: 2 };

/** What this channel has to be told now: what is urgent first, else in the order in which it came. `now` in ms. */
export function wantsOf(
  incidents: readonly Incident[],
  channel: Pick<ChannelState, 'told'>,
  rules: Pick<ChannelRules, 'minLevel' | 'remindAfter'>,
  now: number,
): readonly Want[] {
  const wants = incidents.flatMap((of): readonly Want[] => {
    const told = channel.told.find(({ incident }) => incident === of.incident);
    const kind = kindOf(of, told, rules, now);
    const { incident, level, digest } = of;
    return kind === null ? [] : [{ kind, incident, level, digest, of }];
  });
  return wants.sort((a, b) => urgency(b) - urgency(a));
}

function kindOf(
  { state, level, digest }: Incident,
  told: Told | undefined,
  { minLevel, remindAfter }: Pick<ChannelRules, 'minLevel' | 'remindAfter'>,
  now: number,
): Covered['kind'] | null {
  if (state === 'resolved') return told === undefined ? null : 'resolved';
  if (RANKS[level] < RANKS[minLevel]) return null;
  if (told === undefined || RANKS[level] > RANKS[told.level]) return 'raised';
  if (!told.digests.includes(digest)) return 'raised';
  return now - told.at >= remindAfter ? 'reminder' : null;
}

function urgency({ kind, level }: Want): number {
  return kind === 'raised' ? 1 + RANKS[level] : 0;
}
