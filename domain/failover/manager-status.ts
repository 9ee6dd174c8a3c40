// The manager's state in words: for the `status` query, and for the workflow's page in the web UI.
import { askedOrder, type ManagerState } from './manager.js';
import { switchedTo } from './switching.js';

/** All times ISO 8601, UTC. */
export interface ManagedStatus {
  readonly state: 'closed' | 'open' | 'half_open' | 'not_configured';
  readonly since: string | null;
  /** End of the open time, or of a pause that the provider asked for. */
  readonly until: string | null;
  readonly reason: string | null;
  readonly health: {
    readonly state: 'good' | 'bad' | 'unknown';
    readonly detail: string;
    readonly since: string;
  } | null;
}

export interface ManagerSummary {
  /** Who goes first by a person's word; null: by policy. */
  readonly switch: {
    readonly to: string;
    readonly until: string | null;
    readonly by: string;
    readonly at: string;
  } | null;
  /** Names, as they would be asked now. */
  readonly order: readonly string[];
  readonly providers: Readonly<Record<string, ManagedStatus>>;
  readonly note: string | null;
}

/** `now` in ms. */
export function summaryOf(state: ManagerState, now: number): ManagerSummary {
  const { until, by, at } = state.switch;
  const to = switchedTo(state.switch, now);
  return {
    switch: to === null ? null : { to, until: iso(until), by, at: new Date(at).toISOString() },
    order: askedOrder(state, now),
    providers: Object.fromEntries(state.providers.map(({ name }) => [name, statusOf(state, name, now)])),
    note: state.note,
  };
}

/** `2 of 3 closed, lmstudio-local first`. */
export function headline(state: ManagerState, now: number): string {
  const order = askedOrder(state, now);
  const closed = order.filter((name) => (state.kept[name]?.state ?? 'closed') === 'closed').length;
  const first = order[0];
  if (first === undefined) return 'no provider is configured';
  const how = switchedTo(state.switch, now) === null ? 'first' : `first, switched by ${state.switch.by}`;
  return `${String(closed)} of ${String(order.length)} closed, ${first} ${how}`;
}

/** One line of Markdown per provider, as they would be asked. */
export function describe(state: ManagerState, now: number): string {
  const { providers, order, note, switch: current } = summaryOf(state, now);
  const rest = Object.keys(providers).filter((name) => !order.includes(name));
  const lines = [...order, ...rest].map((name, index) => lineOf(index + 1, name, providers[name]));
  const until = current?.until ?? null;
  if (until !== null) lines.push('', `switched until ${until}`);
  if (note !== null) lines.push('', `note: ${note}`);
  return lines.join('\n');
}

function lineOf(at: number, name: string, status: ManagedStatus | undefined): string {
  const { state = 'closed', until = null, reason = null, health = null } = status ?? {};
  const parts = [
    state.replace('_', ' '),
    until === null ? '' : ` until ${until}`,
    reason === null ? '' : ` (${reason})`,
    health === null ? '' : `, health ${health.state} since ${health.since}`,
  ];
  return `${String(at)}. **${name}**: ${parts.join('')}`;
}

function statusOf(state: ManagerState, name: string, now: number): ManagedStatus {
  const usable = state.providers.some((each) => each.name === name && each.configured);
  const kept = state.kept[name];
  const health = state.health[name];
  const pause = kept?.cooling ?? null;
  const cooling = pause !== null && pause.until > now ? pause : null;
  return {
    state: usable ? (kept?.state ?? 'closed') : 'not_configured',
    since: iso(kept?.since ?? null),
    until: iso(kept?.until ?? cooling?.until ?? null),
    reason: kept?.reason ?? cooling?.reason ?? null,
    health:
      health === undefined
        ? null
        : { state: health.state, detail: health.detail, since: new Date(health.at).toISOString() },
  };
}

function iso(at: number | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
