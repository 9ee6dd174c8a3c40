// A durable call: one activity per attempt, so that a killed worker costs one attempt at most and a person sees each of them.
// The happy path is one activity and nothing else; whatever is slower gets company instead of being ended.
import { CancellationScope, condition, sleep } from '@temporalio/workflow';
import type { AttemptResult } from '../activities/contracts.js';
import { ended, reasonOf } from './failure.js';
import type { CompletionInput, CompletionResult } from './messages.js';
import { newTale } from './completion-tale.js';
import { trackPhase } from './phase.js';
import { askUntil, atHand } from './proxies.js';

type Failed = Extract<AttemptResult, { kind: 'failed' }>;

type News =
  | { readonly kind: 'ended'; readonly number: number; readonly result: AttemptResult }
  | { readonly kind: 'lost'; readonly number: number; readonly why: string }
  | { readonly kind: 'due'; readonly number: number };

interface Running {
  readonly scope: CancellationScope;
  /** Past its limit, and others were asked. */
  silent: boolean;
}

/** First wait before the same provider is asked again, ms; doubled per try. */
const BACKOFF = 15;
/** What the last attempt has to write down its end, ms. */
const GRACE = 3_000;
/** These say that the request is at fault: the client gets the provider's own words when nobody else can take it. */
const REQUESTS_FAULT: ReadonlySet<string> = new Set(['context_length', 'too_large']);

/**
 * Resolves with the answer's whereabouts; ends as Failed with NO_PROVIDER_ANSWERED and the result in the details when there
 * is none, so that the same key may be tried again.
 */
export async function completion(input: CompletionInput): Promise<CompletionResult> {
  const phase = trackPhase('asking');
  const tale = newTale();
  const news: News[] = [];
  const running = new Map<number, Running>();
  const failures: { readonly number: number; readonly result: Failed }[] = [];
  const tried: string[] = [];
  const excluded = new Set<string>();
  let attempts = 0;
  /** Attempts that found nobody to ask. */
  let idle = 0;

  function launch(wait: number): void {
    const number = (attempts += 1);
    const scope = new CancellationScope();
    running.set(number, { scope, silent: false });
    const left = input.deadline - Date.now();
    const last = failures.at(-1)?.result;
    const summary =
      last === undefined
        ? `attempt ${String(number)}`
        : `attempt ${String(number)}, after ${last.provider} ${last.fault}`;
    void scope.run(async () => {
      const { ref, path, facts, deadline } = input;
      askUntil(left + GRACE)
        .attemptCompletion.executeWithOptions({ summary }, [
          { ref, number, path, facts, tried: [...tried], excluded: [...excluded], wait, deadline },
        ])
        .then(
          (result) => news.push({ kind: 'ended', number, result }),
          (error: unknown) => news.push({ kind: 'lost', number, why: reasonOf(error) }),
        );
      if (facts.only === null && input.hedgeAfter < left)
        await sleep(input.hedgeAfter).then(
          () => news.push({ kind: 'due', number }),
          () => undefined,
        );
    });
  }

  /** True when another attempt is under way that is not known to be silent. */
  const waiting = () => [...running.values()].some(({ silent }) => !silent);

  launch(0);
  for (;;) {
    await condition(() => news.length > 0);
    const item = news.shift();
    if (item === undefined) continue;
    const run = running.get(item.number);
    if (run === undefined) continue;
    if (item.kind === 'due') {
      // A stream that has begun is not silent, and only the attempt itself knows.
      const silent = await atHand.isSilent({ ref: input.ref, number: item.number }).catch(() => true);
      if (!silent) continue;
      if (!running.has(item.number)) continue;
      run.silent = true;
      tale.silent(item.number);
      launch(0);
      continue;
    }
    running.delete(item.number);
    if (item.kind === 'lost') {
      tale.add({ kind: 'nobody', retryAfter: null, reason: item.why });
      if (running.size === 0) return finish(Date.now() < input.deadline ? 500 : 504, null);
      continue;
    }
    const { result } = item;
    if (result.kind === 'answered') return answered(item.number, result);
    run.scope.cancel();
    if (result.kind === 'nobody') {
      idle += 1;
      // A hedge that nobody takes is no news: the others go on.
      if (running.size > 0) continue;
      tale.add(result);
      return finish(503, result.retryAfter);
    }
    // The loser of a hedge, whose end overtook the winner's.
    if (result.fault === 'cancelled' && running.size > 0) continue;
    tale.add(result);
    tried.push(result.provider);
    failures.push({ number: item.number, result });
    phase.enter('asking', tale.text());
    for (const name of result.exclude) excluded.add(name);
    // One provider's dislike of a parameter must not end another one's answer; a content filter's word holds for all.
    if (result.move === 'give_back' && (running.size === 0 || result.fault === 'content_filter'))
      return gaveBack(item.number, result);
    if (result.move === 'stop') {
      if (running.size === 0) return finish(504, null);
    } else if (result.move === 'retry_here') launch(BACKOFF * 2 ** Math.min(6, failures.length - 1));
    else {
      if (result.move === 'give_back') excluded.add(result.provider);
      if (!waiting()) launch(0);
    }
  }

  function cancelOthers(): void {
    for (const { scope } of running.values()) scope.cancel();
  }

  function answered(number: number, result: Extract<AttemptResult, { kind: 'answered' }>): CompletionResult {
    cancelOthers();
    tale.add(result);
    phase.finish('answered', tale.text());
    const { provider, model, status, usage } = result;
    return {
      status,
      provider,
      model,
      attempts: attempts - idle,
      answer: number,
      usage,
      retryAfter: null,
      told: tale.text(),
    };
  }

  /** The request is at fault: the provider's own words, and no shopping around. */
  function gaveBack(number: number, result: Failed): never {
    cancelOthers();
    const status = result.status ?? 400;
    return fail({ status, provider: result.provider, answer: result.kept ? number : null, retryAfter: null });
  }

  function finish(status: number, retryAfter: number | null): never {
    const refused = failures.findLast(
      ({ result }) => result.move === 'give_back' || REQUESTS_FAULT.has(result.fault),
    );
    if (status === 503 && refused !== undefined) return gaveBack(refused.number, refused.result);
    const limited = failures.length > 0 && failures.every(({ result }) => result.fault === 'rate_limited');
    return fail({
      status: limited && status === 503 ? 429 : status,
      provider: null,
      answer: null,
      retryAfter,
    });
  }

  function fail(end: Pick<CompletionResult, 'status' | 'provider' | 'answer' | 'retryAfter'>): never {
    phase.finish('failed', tale.text());
    const result: CompletionResult = {
      ...end,
      model: null,
      attempts: attempts - idle,
      usage: null,
      told: tale.text(),
    };
    throw ended('NO_PROVIDER_ANSWERED', tale.text() || 'nobody was asked', result);
  }
}
