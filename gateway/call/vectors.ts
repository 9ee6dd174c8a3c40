import type { AttemptEnd } from '../../adapters/llm/attempt-types.js';
import { embeddingModel } from '../../domain/failover/plan.js';
import { because } from './because.js';
import type { Run } from './run.js';
import type { CallContext, CallInput } from './types.js';

/** How an attempt ends that we did not end. */
type Ended = Exclude<AttemptEnd, { kind: 'aborted' }>;

const OTHER_VECTORS: Ended = {
  kind: 'fault',
  observation: because('malformed', 'vectors of another length'),
  response: null,
};

/** The end as it is, or a fault when these embeddings do not fit those that the model gave before. */
export function sameVectors(
  { dimensions }: CallContext,
  { facts, body }: CallInput,
  { grant }: Run,
  end: Ended,
): Ended {
  if (facts.kind !== 'embeddings' || end.kind !== 'complete' || end.answer === null) return end;
  return dimensions.fits(embeddingModel(grant.provider, facts), body, end.answer.json) ? end : OTHER_VECTORS;
}
