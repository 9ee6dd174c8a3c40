// `mid_stream: continue`: a provider died after its first content, and the next one is asked to go on from there. What it
// repeats is dropped; what contradicts the text that the client already has ends in the error event.
import type { AttemptEnd } from '../../adapters/llm/attempt-types.js';
import { continuationBodies } from '../../domain/failover/continuation-bodies.js';
import { createContinuation, type Continuation } from '../../domain/failover/continuation.js';
import type { Observation } from '../../domain/failover/fault.js';
import type { StreamEvent } from '../../domain/openai/stream-event.js';
import type { Grant } from '../desk.js';
import { startAttemptFor } from './attempt-for.js';
import { because } from './because.js';
import type { Candidates } from './candidates.js';
import { isOnlyUsage } from './delivery.js';
import { newRun, stopHedge, type Run } from './run.js';
import type { Sent } from './sent.js';
import type { CallContext, CallInput } from './types.js';

export interface Continuing {
  abort(observation: Observation): void;
  resume(): void;
}

interface Parts {
  readonly input: CallInput;
  readonly candidates: Candidates;
  readonly sent: Sent;
  /** Providers that a call of this request is still running at. */
  readonly busy: () => ReadonlySet<string>;
}

/** The call's side: what the client is to get, and how it ends. */
interface Teller {
  attempt(): void;
  event(raw: string): boolean;
  answeredBy(provider: string): void;
  end(): void;
  fail(): void;
}

/** Asks one provider after the other, each in its forms of request, until one goes on. */
export function continueElsewhere(context: CallContext, parts: Parts, tell: Teller): Continuing {
  const { input, candidates, sent, busy } = parts;
  const { desk, watch } = context;
  let run: Run | null = null;

  function nextProvider(): void {
    const grant = candidates.next(busy());
    if (grant === null) tell.fail();
    else ask(grant, bodiesFor(context, grant, input, sent));
  }

  function ask(grant: Grant, bodies: readonly Readonly<Record<string, unknown>>[]): void {
    const [body, ...others] = bodies;
    const current = newRun(grant);
    run = current;
    if (body === undefined || grant.plain) {
      over(current, because('cancelled', 'cannot be continued here'));
      candidates.exclude(grant.provider);
      nextProvider();
      return;
    }
    tell.attempt();
    // Somebody is reading half an answer: who is silent past the limit is left for the next one.
    if (candidates.moreThan(new Set([...busy(), grant.provider.name])))
      current.hedge = setTimeout(() => {
        if (current.first === null && !current.done) leave(current, 'it was silent past its limit');
      }, grant.hedgeAfter);
    const piece = createContinuation(sent.text());
    current.attempt = startAttemptFor(context, { ...input, body }, grant, {
      onEvent: (event) => heard(current, event, textOf(piece, event)),
      onEnd: (end) => ended(current, end, others),
    });
  }

  /** `text` null: it contradicts what the client has. */
  function heard(current: Run, event: StreamEvent, text: string | null): void {
    if (current.done) return;
    if (text === null || event.hasToolCall) {
      leave(current, 'its answer is another one');
      return;
    }
    if (event.kind === 'done') send(current, event.raw);
    if (event.kind !== 'chunk') return;
    const telling = text !== '' || event.finished.length > 0;
    if (telling && current.first === null) {
      current.first = performance.now() - current.began;
      tell.answeredBy(current.grant.provider.name);
    }
    // The finish and the usage pass, a repeated piece does not.
    if (telling || event.hasUsage) pass(current, event, text);
  }

  function pass(current: Run, event: StreamEvent, text: string): void {
    if (isOnlyUsage(event) && !input.wantsUsage) return;
    const json = event.json ?? {};
    send(current, `data: ${JSON.stringify(withText(json, text, sent.head()))}`);
  }

  function send(current: Run, raw: string): void {
    if (!tell.event(raw)) current.attempt?.pause();
  }

  function ended(current: Run, end: AttemptEnd, others: readonly Readonly<Record<string, unknown>>[]): void {
    if (current.done || end.kind === 'aborted') return;
    const { grant } = current;
    const whole = performance.now() - current.began;
    if (end.kind === 'complete') {
      current.done = true;
      stopHedge(current);
      watch.attempt(grant.provider.name, null, current.first);
      desk.settle(grant, {
        kind: 'success',
        promptTokens: input.facts.promptTokens,
        first: current.first,
        whole: null,
      });
      if (end.answer === null) {
        tell.end();
        return;
      }
      // One JSON document, where a stream was asked for: nothing of it was shown.
      candidates.exclude(grant.provider);
      nextProvider();
      return;
    }
    const { observation } = end;
    watch.attempt(grant.provider.name, observation.fault, whole);
    over(current, observation);
    // A prefill that it refuses: the same provider, asked in another way.
    const refused = observation.fault === 'unsupported' || observation.fault === 'bad_request';
    const again = refused && others.length > 0 ? desk.claim(grant.provider, input.facts) : null;
    if (again?.granted === true) {
      ask(again.grant, others);
      return;
    }
    candidates.exclude(grant.provider);
    if (current.first === null) nextProvider();
    else tell.fail();
  }

  function leave(current: Run, why: string): void {
    current.attempt?.abort();
    over(current, because('cancelled', why));
    candidates.exclude(current.grant.provider);
    // While nothing of it was shown, the next one may still fit.
    if (current.first === null) nextProvider();
    else tell.fail();
  }

  function over(current: Run, observation: Observation): void {
    current.done = true;
    stopHedge(current);
    desk.settle(current.grant, { kind: 'fault', observation });
  }

  nextProvider();
  return {
    abort(observation) {
      if (run === null || run.done) return;
      run.attempt?.abort();
      over(run, observation);
    },
    resume: () => run?.attempt?.resume(),
  };
}

/** Moonshot wants to be told that the last message is a part of its answer (platform.moonshot.cn, "Partial Mode"). */
function bodiesFor(
  { desk }: CallContext,
  { provider }: Grant,
  { body }: CallInput,
  sent: Sent,
): readonly Readonly<Record<string, unknown>>[] {
  const endpoint = desk.roster.usable.find(({ rules }) => rules.name === provider.name)?.endpoint;
  return continuationBodies(body, sent.text(), /\bmoonshot\b/.test(endpoint?.baseUrl ?? ''));
}

/** What of an event's text is news to the client; the finish flushes what was still held. Null: it contradicts. */
function textOf(piece: Continuation, event: StreamEvent): string | null {
  const step = piece.feed(event.text);
  const last = event.finished.length > 0 ? piece.end() : null;
  if (step.kind === 'differs' || last?.kind === 'differs') return null;
  return (step.kind === 'emit' ? step.text : '') + (last?.kind === 'emit' ? last.text : '');
}

/** The chunk with this text in choice 0, under the id of the stream that the client is reading. */
function withText(
  json: Readonly<Record<string, unknown>>,
  text: string,
  head: Readonly<Record<string, unknown>> | null,
): Readonly<Record<string, unknown>> {
  const choices = Array.isArray(json['choices'])
    ? (json['choices'] as readonly Record<string, unknown>[])
    : [];
  const rewritten = choices.map((choice) =>
    'text' in choice
      ? { ...choice, text }
      : { ...choice, delta: text === '' ? {} : { ...(choice['delta'] as object), content: text } },
  );
  const id = head?.['id'];
  return { ...json, ...(id === undefined ? {} : { id }), choices: rewritten };
}
