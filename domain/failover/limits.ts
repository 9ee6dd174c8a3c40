// How long a provider may be silent before it gets company, learned from its own answers. Slow is not dead: a limit never
// ends a call, it only starts another one beside it.

/** Prompts of a like size take a like time to read; a long one must not be judged by short ones. */
const SIZE_CLASSES = [2_000, 16_000] as const;

/** Newest last. */
type Samples = readonly number[];

export interface Learned {
  /** ms to the first content, per size class. */
  readonly first: readonly [Samples, Samples, Samples];
  /** ms to the end of a whole answer, per size class. */
  readonly whole: readonly [Samples, Samples, Samples];
  /** When it last answered (ms since the epoch); null: never. */
  readonly answered: number | null;
  /** Since when it is warm: only calls that began later teach. */
  readonly warmSince: number | null;
}

export const NOTHING_LEARNED: Learned = {
  first: [[], [], []],
  whole: [[], [], []],
  answered: null,
  warmSince: null,
};

const KEPT = 64;
const ENOUGH = 5;
/** From this many on, the slowest two are left out. */
const MANY = 32;
/** A provider that was quiet for this long may have to load its model again, ms. */
const WARM_FOR = 5 * 60_000;
/** Below this a hedge costs more than it saves, ms. */
export const LEAST_LIMIT = 1_000;
/** Above the slowest of the usual answers by this factor. */
const MARGIN = 2;
/** One answer that took longer than the next slowest by more than this factor was an accident, not a habit. */
const FREAK = 4;

function sizeClass(promptTokens: number): 0 | 1 | 2 {
  return promptTokens <= SIZE_CLASSES[0] ? 0 : promptTokens <= SIZE_CLASSES[1] ? 1 : 2;
}

/**
 * Notes one good answer, with its times in ms. `first` null: the form of the call does not show it (one JSON document). The
 * first answer after a long quiet may have waited for the model to load, and so may all calls that ran beside it: they
 * teach nothing.
 */
export function learn(
  learned: Learned,
  answer: { readonly promptTokens: number; readonly first: number | null; readonly whole: number | null },
  now: number,
): Learned {
  const began = now - (answer.whole ?? answer.first ?? 0);
  const { answered, warmSince } = learned;
  if (answered === null || warmSince === null || began - answered > WARM_FOR)
    return { ...learned, answered: now, warmSince: now };
  if (began < warmSince) return { ...learned, answered: now, warmSince: Math.min(warmSince, now) };
  const index = sizeClass(answer.promptTokens);
  const add = (of: Learned['first'], value: number | null): Learned['first'] => {
    if (value === null) return of;
    const next = [...of] as [Samples, Samples, Samples];
    next[index] = [...of[index].slice(1 - KEPT), value];
    return next;
  };
  return {
    first: add(learned.first, answer.first),
    whole: add(learned.whole, answer.whole),
    answered: now,
    warmSince,
  };
}

/**
 * ms of silence after which a call gets company: twice the slowest of the newest 64 warm first contents, the slowest two
 * left out when there are many, at least 1 s. `unknown` (hedge_after) until five are known; for a long prompt then at
 * least what is known of shorter ones.
 */
export function firstContentLimit(learned: Learned, promptTokens: number, unknown: number): number {
  const size = sizeClass(promptTokens);
  const own = limitOf(learned.first[size]);
  if (own !== null) return own;
  return Math.max(unknown, ...learned.first.slice(0, size).map((shorter) => limitOf(shorter) ?? 0));
}

/** The same for the end of a whole answer; null until it is known. */
export function wholeAnswerLimit(learned: Learned, promptTokens: number): number | null {
  return limitOf(learned.whole[sizeClass(promptTokens)]);
}

/** Asked for with every call: one pass that keeps the four slowest, no sort. */
function limitOf(samples: Samples): number | null {
  if (samples.length < ENOUGH) return null;
  let [first, second, third, fourth] = [0, 0, 0, 0];
  for (const sample of samples) {
    if (sample > first) [first, second, third, fourth] = [sample, first, second, third];
    else if (sample > second) [second, third, fourth] = [sample, second, third];
    else if (sample > third) [third, fourth] = [sample, third];
    else if (sample > fourth) fourth = sample;
  }
  const [high, next] = samples.length >= MANY ? [third, fourth] : [first, second];
  return Math.max(LEAST_LIMIT, Math.min(high, next * FREAK) * MARGIN);
}
