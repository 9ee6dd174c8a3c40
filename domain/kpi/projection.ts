// The six KPIs as a projection of the journal. Events may come in any order and from several nodes; what is kept of each is a few
// numbers, so a window costs what happened in it and not what lies before.
import { knownBodyOf, type JournalEvent, type KnownBody } from '../journal.js';
import { episodeOf, noFacts, takeIn, type Episode, type EpisodeFacts } from './episodes.js';
import type { Kpi, KpiReport, Verdict } from './model.js';
import { atLeast, atMost, spreadOf } from './statistics.js';
import { DEFINITIONS, TARGETS } from './targets.js';
import {
  budgetOf,
  minutes,
  sumOf,
  uptimeKpi,
  type Interval,
  type Stretch,
  type UptimeSum,
} from './uptime.js';

export interface KpiWindow {
  readonly node: string;
  /** Half open, ms since the epoch. */
  readonly from: number;
  readonly to: number;
  /** The stretch that is being measured and is not in the journal yet. */
  readonly live?: Stretch | null;
  /** ms between two backups that are due; without it only runs count that took place. */
  readonly backupEvery?: number | null;
  /** Age of the oldest change that this node has not applied while the hub can be reached, ms; null: none. */
  readonly waiting?: number | null;
}

export interface Kpis {
  add(event: Pick<JournalEvent, 'type' | 'data' | 'at' | 'node'>): void;
  report(window: KpiWindow): KpiReport;
  /** Share of good time in `parts` equal parts of the window, oldest first; null: nothing is known. */
  strip(window: KpiWindow, parts: number): readonly (number | null)[];
}

interface Sample {
  readonly at: number;
  /** Seconds, or 1 and 0 for good and bad. */
  readonly value: number;
}

/** Events of types that say nothing of a KPI are passed over. */
export const KPI_TYPES: readonly string[] = [
  'uptime.',
  'healing.',
  'provider.failover',
  'backup.finished',
  'sync.finished',
];

/** Beyond this chance a rate is not said to be met, or missed: 95 % confidence. */
const DOUBT = 0.05;

export function openKpis(): Kpis {
  const stretches: Stretch[] = [];
  const pauses: { readonly at: number; readonly until: number | null }[] = [];
  const episodes = new Map<string, EpisodeFacts>();
  const failovers: Sample[] = [];
  const backups: Sample[] = [];
  const syncs: Sample[] = [];

  function add(event: Parameters<Kpis['add']>[0]): void {
    if (!KPI_TYPES.some((type) => event.type.startsWith(type))) return;
    const body = knownBodyOf(event);
    if (body === null) return;
    const at = Date.parse(event.at);
    const incident = event.data['incident'];
    if (body.type.startsWith('healing.') && typeof incident === 'string') {
      const key = `${event.node}/${incident}`;
      const episode = episodes.get(key) ?? noFacts();
      episodes.set(key, episode);
      takeIn(episode, body, at);
    } else other(body, at);
  }

  function other(body: KnownBody, at: number): void {
    switch (body.type) {
      case 'uptime.measured':
        stretches.push(stretchOf(body.data));
        break;
      case 'healing.paused':
        pauses.push({ at, until: Date.parse(body.data.until) });
        break;
      case 'healing.resumed':
        pauses.push({ at, until: null });
        break;
      case 'provider.failover':
        failovers.push({ at, value: body.data.duration_ms / 1000 });
        break;
      case 'backup.finished':
        if (body.data.outcome !== 'cancelled')
          backups.push({ at, value: Number(body.data.outcome === 'green') });
        break;
      case 'sync.finished':
        if (body.data.latency_ms !== null) syncs.push({ at, value: body.data.latency_ms / 1000 });
        break;
      default:
    }
  }

  function summing(live: Stretch | null | undefined): (interval: Interval) => UptimeSum {
    const all = live === null || live === undefined ? stretches : [...stretches, live];
    const maintenance = maintenanceOf(pauses);
    return (interval) => sumOf(all, maintenance, interval);
  }

  return {
    add,
    report(window) {
      const { node, from, to, live, backupEvery = null, waiting = null } = window;
      const sum = summing(live);
      const inside = (samples: readonly Sample[]) => samples.filter(({ at }) => at >= from && at < to);
      const seen = episodesOf(episodes.values(), maintenanceOf(pauses), { from, to });
      const latencies = inside(syncs).map(({ value }) => value);
      if (waiting !== null) latencies.push(waiting / 1000);
      return {
        node,
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
        kpis: [
          uptimeKpi(sum({ from, to }), { from, to }),
          timeKpi(
            'failover_time',
            inside(failovers).map(({ value }) => value),
            null,
          ),
          recoveryKpi(seen),
          backupKpi(inside(backups), backupEvery, { from, to }, sum),
          timeKpi('sync_latency', latencies, null),
          falsePositives(seen),
        ],
        budget: budgetOf({ from, to }, sum),
      };
    },
    strip({ from, to, live }, parts) {
      const sum = summing(live);
      const step = (to - from) / parts;
      return Array.from({ length: parts }, (_, index) => {
        const { up, down } = sum({ from: from + index * step, to: from + (index + 1) * step });
        return up + down === 0 ? null : up / (up + down);
      });
    },
  };
}

function stretchOf(data: Extract<KnownBody, { type: 'uptime.measured' }>['data']): Stretch {
  const { from, to, up_ms: up, down_ms: down, unknown_ms: unknown } = data;
  return { from: Date.parse(from), to: Date.parse(to), up, down, unknown };
}

/** A pause lasts until its end, or until somebody ends it or begins another one. */
function maintenanceOf(
  pauses: readonly { readonly at: number; readonly until: number | null }[],
): readonly Interval[] {
  const last = Number.MAX_VALUE;
  const sorted = [...pauses].sort((a, b) => a.at - b.at || (a.until ?? last) - (b.until ?? last));
  return sorted.flatMap(({ at, until }, index) => {
    if (until === null) return [];
    const next = sorted[index + 1]?.at ?? Number.POSITIVE_INFINITY;
    return [{ from: at, to: Math.min(until, next) }];
  });
}

/** Those that ended in the window, and those that are open at its end. */
function episodesOf(
  all: Iterable<EpisodeFacts>,
  pauses: readonly Interval[],
  { from, to }: Interval,
): readonly Episode[] {
  return [...all].flatMap((facts) => {
    const episode = episodeOf(facts, pauses, to);
    return episode === null || (episode.ended !== null && episode.ended < from) ? [] : [episode];
  });
}

function timeKpi(
  id: 'failover_time' | 'recovery_time' | 'sync_latency',
  seconds: readonly number[],
  unknown: string | null,
): Kpi {
  const spread = spreadOf(seconds);
  const value = spread?.p95 ?? null;
  return {
    ...{ id, ...DEFINITIONS[id], unit: 'seconds', good: '<', target: TARGETS[id] },
    ...{ value, n: seconds.length, spread, unknown },
    verdict: value === null ? 'too_few' : value < TARGETS[id] ? 'met' : 'missed',
  };
}

function recoveryKpi(episodes: readonly Episode[]): Kpi {
  const ours = episodes.filter(({ acted, byHand, outcome }) => acted && !byHand && outcome !== 'cancelled');
  // An open one says something only when it is late already.
  const counted = ours.filter(
    ({ ended, recovery }) => ended !== null || recovery / 1000 >= TARGETS.recovery_time,
  );
  const waited = counted.reduce((sum, each) => sum + each.waited, 0);
  const seconds = counted.map(({ recovery }) => recovery / 1000);
  return timeKpi(
    'recovery_time',
    seconds,
    waited < 1000 ? null : `${minutes(waited)} of waiting for a person`,
  );
}

function backupKpi(
  runs: readonly Sample[],
  every: number | null,
  window: Interval,
  sum: (interval: Interval) => UptimeSum,
): Kpi {
  const missed = every === null ? 0 : missedRuns(runs, every, window, sum);
  const n = runs.length + missed;
  const good = runs.filter(({ value }) => value === 1).length;
  const value = n === 0 ? null : (100 * good) / n;
  return {
    ...{ id: 'backup_success', ...DEFINITIONS.backup_success, unit: 'percent', good: '>' },
    ...{ target: TARGETS.backup_success, value, n, spread: null },
    verdict: value === null ? 'too_few' : value > TARGETS.backup_success ? 'met' : 'missed',
    unknown: missed === 0 ? null : `${String(missed)} were due and never ran`,
  };
}

/** Runs that were due while the control plane ran and did not take place; each gap is allowed one more interval than is due. */
function missedRuns(
  runs: readonly Sample[],
  every: number,
  { from, to }: Interval,
  sum: (interval: Interval) => UptimeSum,
): number {
  const marks = [from, ...runs.map(({ at }) => at).sort((a, b) => a - b), to];
  return marks.slice(1).reduce((missed, mark, index) => {
    const { up, down, unknown } = sum({ from: marks[index] ?? from, to: mark });
    return missed + Math.max(0, Math.floor((up + down + unknown) / every) - 1);
  }, 0);
}

function falsePositives(episodes: readonly Episode[]): Kpi {
  const ended = episodes.filter((each) => each.ended !== null);
  const judged = ended.filter(({ verdict }) => verdict !== null);
  const n = judged.length;
  const wrong = judged.filter(({ verdict }) => verdict === 'false_positive').length;
  const others = ended.length - n;
  return {
    ...{ id: 'false_positive_rate', ...DEFINITIONS.false_positive_rate, unit: 'percent', good: '<' },
    ...{ target: TARGETS.false_positive_rate, value: n === 0 ? null : (100 * wrong) / n, n, spread: null },
    verdict: rateVerdict(wrong, n, TARGETS.false_positive_rate / 100),
    unknown: others === 0 ? null : `${String(others)} ended with nothing decided`,
  };
}

/** Zero of n proves "below 5 %" from n = 59 on (exact binomial test). */
function rateVerdict(hits: number, n: number, target: number): Verdict {
  if (n === 0) return 'too_few';
  if (hits / n < target) return atMost(hits, n, target) <= DOUBT ? 'met' : 'too_few';
  return atLeast(hits, n, target) <= DOUBT ? 'missed' : 'too_few';
}
