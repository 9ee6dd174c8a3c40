// What a client may expect while providers come and go.
import { isWhole } from '../../drill/stand-ins/seal.js';
import type { Problems } from '../model.js';

/** Something that was out of order, ms since the epoch; `to` null: it still is. */
export interface Outage {
  readonly from: number;
  readonly to: number | null;
}

export interface CallSeen {
  readonly node: string;
  readonly lane: 'direct' | 'durable';
  readonly stream: boolean;
  readonly prompt: string;
  readonly began: number;
  readonly ended: number;
  /** It has an end, and no error. */
  readonly ok: boolean;
  readonly text: string;
  readonly status: number | null;
  readonly error: string | null;
  /** ms until the first content; null: none came. */
  readonly first: number | null;
  readonly provider: string | null;
}

export interface CallSurroundings {
  readonly providers: ReadonlyMap<string, readonly Outage[]>;
  /** When the front of this node was not meant to answer, or the durable lane not meant to end. */
  readonly away: readonly Outage[];
}

/** A breaker, a pause and the learning of what is slow end within this time after a provider is well again, ms. */
const AFTER_MS = 20_000;
/** A fault is in force a little before it is written down, ms. */
const BEFORE_MS = 1_000;

export function wholeProblems(call: CallSeen): Problems {
  if (!call.ok || isWhole(call.text, call.prompt)) return [];
  return [
    {
      what: 'an answer that is not whole was given as a whole one',
      evidence: `${wordsOf(call)}: "${call.text.slice(0, 200)}"`,
    },
  ];
}

/** A call that failed although it had no reason to. */
export function callProblems(call: CallSeen, { providers, away }: CallSurroundings): Problems {
  if (call.ok) return [];
  const during = (outages: readonly Outage[], after: number) =>
    outages.some(
      ({ from, to }) => from - BEFORE_MS <= call.ended && (to === null || to + after >= call.began),
    );
  if (during(away, BEFORE_MS)) return [];
  // After its first content a stream ends with its provider, and says so.
  const serving = call.provider === null ? [] : (providers.get(call.provider) ?? []);
  if (call.stream && call.first !== null && during(serving, BEFORE_MS)) return [];
  const well = [...providers].filter(([, outages]) => !during(outages, AFTER_MS)).map(([name]) => name);
  if (well.length === 0) return [];
  return [
    {
      what: `a call failed while ${well.join(', ')} could answer`,
      evidence: `${wordsOf(call)}: ${call.error ?? `status ${String(call.status)}`}`,
    },
  ];
}

function wordsOf(call: CallSeen): string {
  const { node, lane, stream, began, ended, provider } = call;
  const form = stream ? 'stream' : 'whole';
  return `${node}, ${lane}, ${form}, ${new Date(began).toISOString()}, ${String(Math.round(ended - began))} ms, by ${provider ?? 'nobody'}`;
}
