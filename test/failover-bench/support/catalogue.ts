// The sixteen faults. Where the catalogue leaves open how a fault comes, each way is a variant of its own.
import type { Reply } from '../../support/llm-reply.js';
import type { Script } from '../../support/llm-upstream.js';
import {
  ANSWERED,
  attemptsAtMost,
  backWithin,
  doneWithin,
  HEALTHY_AFTER,
  NAMES_THE_FALLBACK,
  NO_PREFILL_ERROR,
  ONE_ATTEMPT,
  ONE_ATTEMPT_ANYWHERE,
  probesAtMost,
  secondNotBefore,
  servedDuring,
  THE_REASON,
  TRIED_AGAIN,
  USAGE,
} from './checks.js';
import type { Scale, Scenario } from './scenario.js';

/** ms that S15's primary is out. */
export const OUTAGE = 60_000;
/** ms between two calls of S15, and how many there are at least. */
export const OUTAGE_EVERY = 4000;
export const OUTAGE_CALLS = 20;

const WELL: Reply = { kind: 'answer' };
const always =
  (reply: Reply): Script =>
  () =>
    reply;
const once =
  (reply: Reply): Script =>
  (attempt) =>
    attempt === 0 ? reply : WELL;
const error = (status: number, message: string, code: string | null = null, headers = {}): Reply => ({
  kind: 'error',
  status,
  message,
  code,
  headers,
});
const RATE = (headers = {}) => error(429, 'Rate limit reached', 'rate_limit_exceeded', headers);
const DOWN = error(503, 'The server is overloaded or not ready yet.');

type Given = Pick<Scenario, 'id' | 'fault' | 'patience' | 'required'> &
  Partial<Omit<Scenario, 'primary'>> & { readonly primary: Script | ((scale: Scale) => Script) };

/** A script needs the scale only where the fault has a length. */
function scenario({ primary, ...given }: Given): Scenario {
  return {
    variant: null,
    scaled: false,
    ideal: 'answer',
    continuation: 'continue',
    calls: 'one',
    advisory: [],
    ...given,
    primary: given.scaled === true ? (primary as Scenario['primary']) : () => primary as Script,
  };
}

function variants(base: Given, each: Readonly<Record<string, Partial<Given>>>): readonly Scenario[] {
  return Object.entries(each).map(([variant, more]) => scenario({ ...base, ...more, variant }));
}

const BOTH_CONTINUATIONS = {
  'the fallback goes on': { continuation: 'continue' },
  'the fallback starts over': { continuation: 'restart' },
} as const;

const CUT: Script = always({ kind: 'cut', after: 40, how: 'broken' });
const ENDED: Script = always({ kind: 'cut', after: 40, how: 'ended' });

export const CATALOGUE: readonly Scenario[] = [
  scenario({
    id: 'S01',
    fault: '429 with Retry-After 2 at first, then fine',
    patience: 40_000,
    primary: once(RATE({ 'retry-after': '2' })),
    required: [attemptsAtMost(2, 1500)],
    advisory: [secondNotBefore(1800)],
  }),
  scenario({
    id: 'S02',
    fault: '429 for ever, without Retry-After',
    patience: 40_000,
    primary: always(RATE()),
    required: [attemptsAtMost(4, 3000), attemptsAtMost(6)],
  }),
  scenario({
    id: 'S03',
    fault: '500 once, then fine',
    patience: 20_000,
    primary: once(error(500, 'The server had an error while processing your request.')),
    required: [],
    advisory: [TRIED_AGAIN],
  }),
  scenario({
    id: 'S04',
    fault: '503 for ever',
    patience: 40_000,
    primary: always(DOWN),
    required: [attemptsAtMost(6)],
  }),
  scenario({
    id: 'S05',
    fault: 'connection reset before any byte, once',
    patience: 20_000,
    primary: once({ kind: 'reset' }),
    required: [],
  }),
  scenario({
    id: 'S06',
    fault: 'accepts and never answers',
    scaled: true,
    patience: 120_000,
    primary: () => always({ kind: 'silent' }),
    required: [doneWithin(100_000)],
    advisory: [ONE_ATTEMPT],
  }),
  scenario({
    id: 'S07',
    fault: 'headers at once, first token after 20 s',
    scaled: true,
    patience: 60_000,
    primary: (scale: Scale) => always({ kind: 'slow', first: scale(20_000) }),
    required: [],
    advisory: [doneWithin(15_000)],
  }),
  ...variants(
    {
      id: 'S08',
      fault: 'ends after 40 of 60 tokens without an end chunk',
      patience: 40_000,
      primary: CUT,
      required: [],
    },
    {
      ...BOTH_CONTINUATIONS,
      'a proper end of the body, the fallback goes on': { primary: ENDED },
      'a proper end of the body, the fallback starts over': { primary: ENDED, continuation: 'restart' },
    },
  ),
  ...variants(
    {
      id: 'S09',
      fault: 'silent after 20 tokens for 30 s, then closed',
      scaled: true,
      patience: 60_000,
      primary: (scale: Scale) => once({ kind: 'stall', after: 20, pause: scale(30_000) }),
      calls: 'one, then a healthy one',
      required: [doneWithin(45_000), HEALTHY_AFTER],
    },
    BOTH_CONTINUATIONS,
  ),
  ...variants(
    {
      id: 'S10',
      fault: 'the tenth event is not JSON, the rest is fine',
      patience: 40_000,
      primary: once({ kind: 'garbled', at: 8 }),
      calls: 'one, then a healthy one',
      required: [HEALTHY_AFTER],
      advisory: [ANSWERED],
    },
    BOTH_CONTINUATIONS,
  ),
  ...variants(
    {
      id: 'S11',
      fault: 'complete, but without [DONE]',
      patience: 10_000,
      primary: always({ kind: 'no_done', open: false }),
      required: [doneWithin(8000)],
      advisory: [USAGE],
    },
    {
      'the connection ends': {},
      'the connection stays open': { primary: always({ kind: 'no_done', open: true }) },
    },
  ),
  scenario({
    id: 'S12',
    fault: '400 context_length_exceeded, always',
    patience: 40_000,
    primary: always(
      error(400, "This model's maximum context length is 8192 tokens.", 'context_length_exceeded'),
    ),
    required: [ONE_ATTEMPT],
    advisory: [ANSWERED],
  }),
  scenario({
    id: 'S13',
    fault: '400 content_policy_violation',
    patience: 40_000,
    ideal: 'reason',
    primary: always(
      error(400, 'Your request was rejected by our content policy.', 'content_policy_violation'),
    ),
    required: [ONE_ATTEMPT_ANYWHERE],
    advisory: [THE_REASON],
  }),
  ...variants(
    {
      id: 'S14',
      fault: 'as S08, and the fallback takes no assistant prefill',
      patience: 40_000,
      primary: CUT,
      required: [NO_PREFILL_ERROR],
    },
    {
      'and then goes on': { continuation: 'refuse' },
      'and then starts over': { continuation: 'refuse, then restart' },
    },
  ),
  scenario({
    id: 'S15',
    fault: '503 for 60 s, then healthy; a call each 4 s',
    scaled: true,
    patience: 40_000,
    primary: (scale: Scale): Script => {
      const until = scale(OUTAGE);
      return (_attempt, elapsed) => (elapsed < until ? DOWN : WELL);
    },
    calls: 'outage',
    required: [servedDuring(OUTAGE), backWithin(30_000, OUTAGE)],
    advisory: [probesAtMost(8, OUTAGE)],
  }),
  scenario({
    id: 'S16',
    fault: '503 for ever, and who answered is asked for',
    patience: 40_000,
    primary: always(DOWN),
    required: [NAMES_THE_FALLBACK, attemptsAtMost(6)],
    advisory: [USAGE],
  }),
];

/** Name of a scenario in tables. */
export function nameOf({ id, variant, fault }: Scenario): string {
  return `${id} ${fault}${variant === null ? '' : ` (${variant})`}`;
}
