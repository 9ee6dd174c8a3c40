// What a client is told when nobody answers: OpenAI-shaped, with each provider's reason in a word, never their bodies.
import type { AttemptEnd } from '../../adapters/llm/attempt-types.js';
import type { Observation } from '../../domain/failover/fault.js';
import { outcomeOf } from '../../domain/failover/outcome.js';
import type { ProviderRules } from '../../domain/failover/provider.js';
import { reasonOf } from '../../domain/failover/record.js';
import { errorBody } from '../../domain/openai/error-body.js';
import type { Candidates } from './candidates.js';
import type { CallError } from './types.js';

export interface Failed {
  readonly provider: ProviderRules;
  readonly observation: Observation;
  readonly response: Extract<AttemptEnd, { kind: 'fault' }>['response'];
}

/** The provider's own error: the request is at fault, and its words say how. */
export function givenBack(failed: readonly Failed[], attempts: number): CallError {
  // Of several, the one whose words are about the request.
  const last = failed.findLast(({ observation }) => isAboutRequest(observation)) ?? failed.at(-1);
  const status = last?.response?.status ?? last?.observation.status ?? 400;
  const detail = last?.observation.detail ?? 'the provider refused the request';
  const json = last?.response?.json ?? errorBody(status, last?.observation.fault ?? 'bad_request', detail);
  return { status, json, attempts, provider: last?.provider.name ?? null, retryAfter: null };
}

/** 503 with the soonest moment at which somebody may answer; a request that nobody can take gets its provider's own 4xx. */
export function nobodyLeft(
  { plan, refused }: Candidates,
  failed: readonly Failed[],
  attempts: number,
  now: number,
): CallError {
  const last = failed.at(-1);
  const requestsFault =
    last?.observation.fault === 'context_length' || last?.observation.fault === 'too_large';
  if (requestsFault) return givenBack(failed, attempts);
  const excluded = plan.excluded.map(({ name, why }) => `${name}: ${why.replaceAll('_', ' ')}`);
  const reasons = [
    ...reasonsOf(failed),
    ...[...refused].map(([name, { why }]) => `${name}: ${why.replaceAll('_', ' ')}`),
  ];
  const message =
    plan.order.length === 0
      ? `No provider may answer this request (${excluded.join('; ') || 'none is configured'}).`
      : `No provider can answer now (${reasons.join('; ')}).`;
  const retryAfter = soonest(refused, failed, now);
  const limited =
    failed.length > 0 && failed.every(({ observation }) => observation.fault === 'rate_limited');
  const status = limited && refused.size === 0 ? 429 : 503;
  const code = status === 429 ? 'rate_limited' : 'no_provider_available';
  return { status, json: errorBody(status, code, message), attempts, provider: null, retryAfter };
}

/** 504: nobody answered within the time of the whole call. */
export function deadlineOver(failed: readonly Failed[], attempts: number): CallError {
  const reasons = reasonsOf(failed);
  const tried = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`;
  const json = errorBody(504, 'timeout', `No provider answered within the time of the whole call${tried}.`);
  return { status: 504, json, attempts, provider: null, retryAfter: null };
}

/** The event that ends a stream which broke after its first content. */
export function brokenStream(why: string): Readonly<Record<string, unknown>> {
  return errorBody(502, 'stream_interrupted', `The answer is incomplete: ${why}.`);
}

function isAboutRequest(observation: Observation): boolean {
  const { fault } = observation;
  return fault === 'context_length' || fault === 'too_large' || outcomeOf(observation).move === 'give_back';
}

function reasonsOf(failed: readonly Failed[]): string[] {
  const last = new Map(failed.map(({ provider, observation }) => [provider.name, reasonOf(observation)]));
  return [...last].map(([name, reason]) => `${name}: ${reason.replaceAll('_', ' ')}`);
}

/** ms until somebody may let us in; at least 1 s, so that nobody spins. */
function soonest(refused: Candidates['refused'], failed: readonly Failed[], now: number): number {
  const waits = [...refused.values()].map(({ until }) => (until === null ? 1000 : until - now));
  for (const { observation } of failed) waits.push(observation.retryAfter ?? 1000);
  return Math.max(1000, Math.min(...waits, 60_000));
}
