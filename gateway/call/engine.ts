// The direct lane's heart: one client call, as many attempts as it takes. Until the first content (for a client that does not
// stream: until the whole answer) everything that goes wrong stays silent; who is slow gets company instead of being ended.
import type { AttemptEnd } from '../../adapters/llm/attempt-types.js';
import type { Observation } from '../../domain/failover/fault.js';
import { outcomeOf } from '../../domain/failover/outcome.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import type { Grant } from '../desk.js';
import { startAttemptFor } from './attempt-for.js';
import { because } from './because.js';
import { candidatesFor } from './candidates.js';
import { continueElsewhere, type Continuing } from './continue.js';
import { brokenStream, deadlineOver, givenBack, nobodyLeft, type Failed } from './errors.js';
import { openDelivery } from './delivery.js';
import { newRun, stopHedge, type Run } from './run.js';
import { watchTrouble } from './trouble.js';
import type { Answered, CallContext, CallInput, CallSink, RunningCall } from './types.js';
import { sameVectors } from './vectors.js';

const OUT_OF_TIME = 'the time of the whole call was over';
/** First wait before the same provider is asked again, ms; doubled per try, with jitter. */
const BACKOFF = 15;

/** Starts a call. The sink hears of everything that follows; nothing is thrown. */
export function startCall(context: CallContext, input: CallInput, sink: CallSink): RunningCall {
  const { desk, watch, now } = context;
  const { facts } = input;
  const candidates = candidatesFor(desk, facts);
  const began = performance.now();
  const runs = new Set<Run>();
  const failed: Failed[] = [];
  /** Providers that wait for their next try. */
  const retries = new Map<string, NodeJS.Timeout>();
  const delivery = openDelivery(input, sink);
  const trouble = watchTrouble(watch);
  let attempts = 0;
  let leader: Run | null = null;
  let over = false;
  let continuing: Continuing | null = null;

  const deadline = setTimeout(
    () => {
      endAll(because('deadline', OUT_OF_TIME));
      if (delivery.opened()) finish('broken', () => sink.fail(brokenStream(OUT_OF_TIME)));
      else finish('error', () => sink.error(deadlineOver(failed, attempts)));
    },
    Math.max(0, input.deadline - now()),
  );

  function finish(result: 'answered' | 'error' | 'broken' | 'aborted', tell: () => void): void {
    if (over) return;
    over = true;
    clearTimeout(deadline);
    for (const retry of retries.values()) clearTimeout(retry);
    retries.clear();
    continuing?.abort(because('cancelled', 'the call is over'));
    watch.call('direct', result, performance.now() - began);
    tell();
  }

  function busy(): Set<string> {
    return new Set([...[...runs].map(({ grant }) => grant.provider.name), ...retries.keys()]);
  }

  function launchNext(): boolean {
    const grant = candidates.next(busy());
    if (grant === null) return false;
    launch(grant);
    return true;
  }

  function launch(grant: Grant): void {
    attempts += 1;
    const run = newRun(grant);
    runs.add(run);
    run.attempt = startAttemptFor(context, input, grant, {
      onEvent: (event) => heard(run, event),
      onEnd: (end) => ended(run, end),
    });
    if (!run.done && facts.only === null && candidates.moreThan(busy()))
      run.hedge = setTimeout(() => silent(run), grant.hedgeAfter);
  }

  /** Past its limit: it goes on, and somebody else is asked as well. */
  function silent(run: Run): void {
    run.hedge = null;
    run.suspected = true;
    run.witness = desk.suspect(run.grant);
    trouble.note(run.grant.provider.name, 'silent', run.began);
    if (launchNext()) watch.hedged(run.grant.provider.name);
  }

  /** The call went on without it: it can only tell whether it was slow or dead. */
  function isLate(run: Run): boolean {
    return over || (leader !== run && (leader !== null || delivery.opened()));
  }

  function heard(run: Run, event: StreamEvent): void {
    if (run.done) return;
    if (isLate(run)) {
      if (event.hasContent) seen(run);
      return;
    }
    if (leader === run) {
      take(event);
      return;
    }
    // Keep-alive comments of a long silence are nothing to keep.
    if (event.kind !== 'comment') run.held.push(event);
    if (event.hasContent) lead(run);
  }

  /** The witness has spoken: slow, not dead. What it would go on to say is of no use. */
  function seen(run: Run): void {
    const first = performance.now() - run.began;
    drop(run);
    run.attempt?.abort();
    watch.attempt(run.grant.provider.name, null, first);
    desk.settle(run.grant, { kind: 'success', promptTokens: facts.promptTokens, first, whole: null });
    desk.clear(run.grant);
  }

  function drop(run: Run): void {
    run.done = true;
    stopHedge(run);
    runs.delete(run);
  }

  function lead(run: Run): void {
    leader = run;
    run.first = performance.now() - run.began;
    stopHedge(run);
    desk.clear(run.grant);
    for (const other of [...runs]) {
      if (other === run) continue;
      if (other.witness) stopHedge(other);
      else cancel(other, because('cancelled', 'another one was first'));
    }
    delivery.begin(answeredBy(run));
    if (facts.stream) trouble.over(run.grant.provider.name);
    const { held } = run;
    run.held = [];
    for (const event of held) take(event);
  }

  function answeredBy({ grant }: Run): Answered {
    return { provider: grant.provider.name, attempts };
  }

  function take(event: StreamEvent): void {
    if (!delivery.take(event)) leader?.attempt?.pause();
  }

  function ended(run: Run, told: AttemptEnd): void {
    if (run.done || told.kind === 'aborted') return;
    const end = sameVectors(context, input, run, told);
    const leads = leader === run;
    const late = isLate(run);
    drop(run);
    if (end.kind === 'complete') completed(run, end, late);
    else {
      watch.attempt(run.grant.provider.name, end.observation.fault, run.first);
      desk.settle(run.grant, { kind: 'fault', observation: end.observation });
      if (end.observation.fault !== 'no_first_byte') desk.clear(run.grant);
      if (late) return;
      if (leads) leader = null;
      trouble.note(run.grant.provider.name, end.observation.fault, run.began);
      failed.push({ provider: run.grant.provider, observation: end.observation, response: end.response });
      if (delivery.opened()) midStream(run, end.observation);
      else afterFault(run, end.observation);
    }
  }

  function completed(run: Run, end: Extract<AttemptEnd, { kind: 'complete' }>, late: boolean): void {
    const whole = performance.now() - run.began;
    watch.attempt(run.grant.provider.name, null, run.first ?? whole);
    const first = end.answer === null ? (run.first ?? whole) : null;
    desk.settle(run.grant, { kind: 'success', promptTokens: facts.promptTokens, first, whole });
    if (late) return;
    if (leader !== run) lead(run);
    if (!facts.stream) trouble.over(run.grant.provider.name);
    finish('answered', () => delivery.end(end.answer, answeredBy(run)));
  }

  function afterFault(run: Run, observation: Observation): void {
    const { provider } = run.grant;
    const { move } = outcomeOf(observation);
    // One provider's dislike of a parameter must not end another one's answer; what the content filter says holds for all.
    if (move === 'give_back' && (runs.size === 0 || observation.fault === 'content_filter')) {
      endAll(because('cancelled', 'the request itself is at fault'));
      finish('error', () => sink.error(givenBack(failed, attempts)));
      return;
    }
    // The provider itself said so: what is loaded there has changed.
    const gone = observation.fault === 'model_missing' && observation.status !== null;
    const found = gone && context.upstream.forgetModel(provider.name);
    if (move === 'retry_here' || found) {
      const wait = BACKOFF * 2 ** Math.min(6, failed.length - 1) * (0.5 + Math.random());
      const retry = setTimeout(() => {
        retries.delete(provider.name);
        if (over || leader !== null) return;
        const grant = candidates.again(provider);
        if (grant !== null) launch(grant);
        else goOn(provider);
      }, wait);
      retries.set(provider.name, retry);
      return;
    }
    if (observation.fault === 'context_length' || observation.fault === 'too_large')
      candidates.needLargerContext(provider);
    goOn(provider);
  }

  /** This one is done with; who is silent past the limit or nobody is left running: the next one. */
  function goOn(provider: Grant['provider']): void {
    candidates.exclude(provider);
    const waiting = [...runs].some((run) => !run.suspected);
    if (waiting || retries.size > 0) return;
    if (launchNext() || runs.size > 0) return;
    finish('error', () => sink.error(nobodyLeft(candidates, failed, attempts, now())));
  }

  function midStream(run: Run, observation: Observation): void {
    const { provider } = run.grant;
    const broken = () =>
      finish('broken', () =>
        sink.fail(brokenStream(`${provider.name} failed in mid-stream (${observation.fault})`)),
      );
    if (desk.roster.failover.midStream === 'error' || !delivery.sent.canContinue(facts)) {
      broken();
      return;
    }
    candidates.exclude(provider);
    const since = performance.now();
    continuing = continueElsewhere(
      context,
      { input, candidates, sent: delivery.sent, busy },
      {
        attempt: () => (attempts += 1),
        event: (raw) => sink.event(raw),
        answeredBy: (to) =>
          watch.failover({
            from: provider.name,
            to,
            reason: observation.fault,
            ms: performance.now() - since,
            lane: 'direct',
          }),
        end: () => finish('answered', () => sink.end()),
        fail: broken,
      },
    );
  }

  function cancel(run: Run, observation: Observation): void {
    drop(run);
    run.attempt?.abort();
    desk.settle(run.grant, { kind: 'fault', observation });
    // It lost a race, not a try: who won may yet fail.
    candidates.giveBack(run.grant.provider);
    if (run.witness) desk.clear(run.grant);
  }

  function endAll(observation: Observation): void {
    for (const run of [...runs]) cancel(run, observation);
    continuing?.abort(observation);
  }

  const first = candidates.next(busy());
  if (first === null) finish('error', () => sink.error(nobodyLeft(candidates, failed, attempts, now())));
  else launch(first);
  if (desk.roster.failover.mode === 'parallel') {
    let more = first !== null;
    while (more) more = launchNext();
  }

  return {
    abort() {
      if (over) return;
      endAll(because('client_abort', 'the client has gone'));
      finish('aborted', () => undefined);
    },
    resume() {
      leader?.attempt?.resume();
      continuing?.resume();
    },
  };
}
