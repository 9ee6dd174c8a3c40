// Incidents as the KPIs see them: how long until well, how much of that a person took, and whether the alarm was right. Facts are kept
// per incident and put in order when asked, so the order in which the journal is read does not matter.
import type { KnownBody } from '../journal.js';
import { overlap, type Interval } from './uptime.js';

type Step = 'detected' | 'decided' | 'asked' | 'approved' | 'answered' | 'acted' | 'stuck' | 'finished';

const STEPS: readonly Step[] = [
  'detected',
  'decided',
  'asked',
  'approved',
  'answered',
  'acted',
  'stuck',
  'finished',
];

interface Fact {
  readonly at: number;
  readonly step: Step;
}

export interface EpisodeFacts {
  readonly facts: Fact[];
  /** First bad look, ms since the epoch. */
  since: number | null;
  /** A person began it. */
  byHand: boolean;
  outcome: 'healed' | 'cleared' | 'cancelled' | null;
  label: { readonly at: number; readonly label: 'true_positive' | 'false_positive' } | null;
}

export function noFacts(): EpisodeFacts {
  return { facts: [], since: null, byHand: false, outcome: null, label: null };
}

/** Takes in one event of an incident; others change nothing. `at` in ms since the epoch. */
export function takeIn(episode: EpisodeFacts, body: KnownBody, at: number): void {
  const step = stepOf(body);
  if (step !== null) episode.facts.push({ at, step });
  switch (body.type) {
    case 'healing.detected':
      episode.since = Date.parse(body.data.since);
      episode.byHand = body.data.by !== null;
      break;
    case 'healing.finished':
      episode.outcome = body.data.outcome;
      break;
    case 'healing.labelled':
      if (episode.label === null || at >= episode.label.at) episode.label = { at, label: body.data.label };
      break;
    default:
  }
}

function stepOf(body: KnownBody): Step | null {
  switch (body.type) {
    case 'healing.detected':
      return 'detected';
    case 'healing.decided':
      return 'decided';
    case 'healing.asked':
      return 'asked';
    case 'healing.answered':
      return body.data.accepted ? (body.data.verdict === 'approve' ? 'approved' : 'answered') : null;
    case 'healing.acted':
      return 'acted';
    case 'healing.stuck':
      return 'stuck';
    case 'healing.finished':
      return 'finished';
    default:
      return null;
  }
}

export interface Episode {
  /** ms since the epoch; null: still open at `now`. */
  readonly ended: number | null;
  /** It was acted on. */
  readonly acted: boolean;
  /** From the first bad look to the end, or to now, without waiting for a person and without maintenance, ms. */
  readonly recovery: number;
  /** Waiting for a person, ms. */
  readonly waited: number;
  /** null: it is not one that counts (nothing was decided, it is open, a person began or cancelled it). */
  readonly verdict: 'true_positive' | 'false_positive' | null;
  readonly byHand: boolean;
  readonly outcome: EpisodeFacts['outcome'];
}

/** As it stood at `now`; null: it had not begun. */
export function episodeOf(
  { facts, since, byHand, outcome, label }: EpisodeFacts,
  pauses: readonly Interval[],
  now: number,
): Episode | null {
  const known = facts.filter(({ at }) => at < now).sort(byTime);
  const began = since ?? known[0]?.at ?? null;
  if (began === null || known.length === 0) return null;
  const ended = known.find(({ step }) => step === 'finished')?.at ?? null;
  const end = ended ?? now;
  const waits = waitsOf(known, end);
  const waited = waits.reduce((sum, wait) => sum + (wait.to - wait.from), 0);
  const paused = pauses.reduce(
    (sum, pause) => sum + overlapOutside(pause, { from: began, to: end }, waits),
    0,
  );
  const acted = known.some(({ step }) => step === 'acted');
  const decided = known.some(({ step }) => step === 'decided');
  const final = ended === null ? null : outcome;
  return {
    ended,
    acted,
    recovery: Math.max(0, end - began - waited - paused),
    waited,
    verdict: label?.label ?? judged(final, byHand, acted, decided),
    byHand,
    outcome: final,
  };
}

function judged(
  outcome: EpisodeFacts['outcome'],
  byHand: boolean,
  acted: boolean,
  decided: boolean,
): Episode['verdict'] {
  if (outcome === null || outcome === 'cancelled' || byHand || !decided) return null;
  return acted || outcome === 'healed' ? 'true_positive' : 'false_positive';
}

/** From a question, or from the point where nothing is left for us, until something is decided or done. */
function waitsOf(facts: readonly Fact[], end: number): readonly Interval[] {
  const waits: Interval[] = [];
  let from: number | null = null;
  for (const { at, step } of facts) {
    if (step === 'asked' || step === 'stuck') from ??= at;
    else if (from !== null && step !== 'answered' && step !== 'detected') {
      waits.push({ from, to: at });
      from = null;
    }
  }
  if (from !== null && from < end) waits.push({ from, to: end });
  return waits;
}

function overlapOutside(pause: Interval, span: Interval, waits: readonly Interval[]): number {
  const cut = { from: Math.max(pause.from, span.from), to: Math.min(pause.to, span.to) };
  if (cut.to <= cut.from) return 0;
  return waits.reduce((rest, wait) => rest - overlap(cut, wait), cut.to - cut.from);
}

function byTime(a: Fact, b: Fact): number {
  return a.at - b.at || STEPS.indexOf(a.step) - STEPS.indexOf(b.step);
}
