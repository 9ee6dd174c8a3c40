// What the journal says of one provider's failure, put beside what a client saw of it.
import type { Answer } from '../client.js';
import type { Plane, Times } from '../scenario.js';
import type { Llm } from '../stand-ins/open-llm.js';

/** The source document's target for a failover, ms. */
const FAILOVER_TARGET_MS = 5000;

/**
 * `detected`: the first call that met the fault was made; `decided`: its breaker opened; `acted`: another provider began to answer
 * it; `verified`: a client had a whole answer.
 */
export async function failoverTimes(
  plane: Plane,
  { name }: Llm,
  fault: number,
  answers: readonly Answer[],
): Promise<Times> {
  const since = (await plane.journal(['provider.'])).filter(({ at }) => Date.parse(at) >= fault);
  const failover = since.find(({ type, data }) => type === 'provider.failover' && data['from'] === name);
  const opened = since.find(
    ({ type, data }) => type === 'provider.transition' && data['provider'] === name && data['to'] === 'open',
  );
  const acted = failover === undefined ? null : Date.parse(failover.at);
  const duration = failover?.data['duration_ms'];
  const good = answers.find((answer) => answer.ok && answer.provider !== name);
  return {
    fault,
    // Its call may have been made before the fault.
    detected: acted === null ? null : Math.max(fault, acted - (typeof duration === 'number' ? duration : 0)),
    decided: opened === undefined ? null : Date.parse(opened.at),
    acted,
    verified: good === undefined ? null : Math.round(good.began + good.ms),
  };
}

/** Calls that ended after the fault: those that it could touch. */
export function touched(answers: readonly Answer[], fault: number): readonly Answer[] {
  return answers.filter(({ began, ms }) => began + ms > fault);
}

/** What the first client waited that another provider answered, ms; none when nobody did. */
export function clientFailovers(answers: readonly Answer[], { name }: Llm): readonly number[] {
  const first = answers.find((answer) => answer.ok && answer.provider !== null && answer.provider !== name);
  return first === undefined ? [] : [Math.round(first.first ?? first.ms)];
}

/** A sentence when a call took as long as the target or longer. */
export function tooSlow(answers: readonly Answer[]): string | null {
  const worst = Math.max(0, ...answers.map(({ ms }) => ms));
  return worst < FAILOVER_TARGET_MS
    ? null
    : `a call took ${(worst / 1000).toFixed(1)} s, and the target is ${FAILOVER_TARGET_MS / 1000} s`;
}
