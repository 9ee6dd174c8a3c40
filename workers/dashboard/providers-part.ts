// Providers as the page shows them, from the gateway's own memory and the transitions of the last day.
import type { Light, ProviderRow, ProvidersPart } from '../../dashboard/model.js';
import { knownBodyOf, type JournalEvent } from '../../domain/journal.js';
import type { Gateway } from '../../gateway/gateway.js';
import type { ProviderView } from '../../gateway/view.js';
import { canAnswer } from '../failover/provider-view.js';

const HOURS = 24;
const HOUR = 3_600_000;

type Breaker = 'closed' | 'open' | 'half_open';

interface Change {
  readonly at: number;
  readonly from: Breaker;
  readonly to: Breaker;
}

/** `transitions`: of the last day, any order; `known`: for each hour of it whether the control plane ran. */
export function providersPart(
  { desk, view }: Pick<Gateway, 'desk' | 'view'>,
  transitions: readonly JournalEvent[],
  known: readonly (number | null)[],
  now: number,
): ProvidersPart {
  const { switch: switched, providers } = view();
  const changes = changesOf(transitions);
  const list = providers.map((each): ProviderRow => ({
    name: each.name,
    model: each.model,
    state: each.state,
    serving: each.active && canAnswer(each, now),
    light: lightOf(each),
    since: each.since,
    detail: detailOf(each, now),
    first_content_ms: median((desk().record(each.name)?.learned.first ?? []).flat()),
    day:
      each.state === 'not_configured'
        ? known.map(() => null)
        : dayOf(changes.get(each.name) ?? [], each.state, known, now),
  }));
  return {
    failed: null,
    switched: switched === null ? null : { to: switched.to, until: switched.until, by: switched.by },
    list,
  };
}

function lightOf({ state, health }: ProviderView): Light {
  if (state === 'open') return 'bad';
  if (state !== 'closed') return 'unknown';
  return health?.state === 'bad' ? 'bad' : 'good';
}

function detailOf(provider: ProviderView, now: number): string {
  const { state, reason, open_until: until, cooling_until: cooling, health, unset, suspect } = provider;
  if (state === 'not_configured')
    return unset.length === 0 ? 'not configured' : `not set: ${unset.join(', ')}`;
  if (state === 'open') {
    const due = until === null || Date.parse(until) <= now;
    return `${reason ?? 'failing'}; ${due ? 'the next call that needs it tries it' : `not asked until ${until}`}`;
  }
  if (cooling !== null) return `asked for a pause until ${cooling}`;
  if (suspect) return 'silent for longer than usual: others go first';
  return health === null ? '' : health.detail;
}

function changesOf(events: readonly JournalEvent[]): ReadonlyMap<string, Change[]> {
  const changes = new Map<string, Change[]>();
  for (const event of events) {
    const body = knownBodyOf(event);
    if (body?.type !== 'provider.transition') continue;
    const { provider, from, to } = body.data;
    changes.set(provider, [...(changes.get(provider) ?? []), { at: Date.parse(event.at), from, to }]);
  }
  return changes;
}

function dayOf(
  changes: readonly Change[],
  state: Breaker,
  known: readonly (number | null)[],
  now: number,
): readonly (number | null)[] {
  const sorted = [...changes].sort((a, b) => a.at - b.at);
  const start = now - HOURS * HOUR;
  return Array.from({ length: HOURS }, (_, index) => {
    if ((known[index] ?? null) === null) return null;
    return closedShare(sorted, state, start + index * HOUR, start + (index + 1) * HOUR);
  });
}

/** Share of the time in which it was closed. Before the first change it was what that one came from. */
function closedShare(sorted: readonly Change[], last: Breaker, from: number, to: number): number {
  let state = sorted[0]?.from ?? last;
  let at = from;
  let closed = 0;
  for (const change of sorted) {
    const until = Math.min(Math.max(change.at, from), to);
    if (state === 'closed') closed += until - at;
    at = until;
    state = change.to;
  }
  if (state === 'closed') closed += to - at;
  return closed / (to - from);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}
