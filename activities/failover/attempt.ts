// One attempt of a durable call. The answer is on the disk before anybody hears of it, so a worker that dies afterwards has
// not asked in vain: the next one finds the file and asks nobody.
import type { AttemptInput, AttemptResult, Usage } from '../contracts.js';
import type { Task } from '../backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { outcomeOf } from '../../domain/failover/outcome.js';
import { hasLargerContext } from '../../domain/failover/plan.js';
import type { ProviderRules } from '../../domain/failover/provider.js';
import { recordOf } from '../../domain/openai/record.js';
import { joined } from './joined.js';
import type { FailoverPorts, Json, KeptAnswer, Leave, ProviderEnd } from './ports.js';
import type { RunningAttempt, RunningAttempts } from './running.js';

type Failed = Extract<AttemptResult, { kind: 'failed' }>;

/** Asks one provider. Throws NxsError STATE_UNREADABLE when the request's file is gone, CANCELLED when it was ended. */
export async function attemptCompletion(
  ports: FailoverPorts,
  attempts: RunningAttempts,
  input: AttemptInput,
  task: Task,
): Promise<AttemptResult> {
  const { ref, number } = input;
  const before = await ports.files.answer(ref, number);
  if (before !== null && before.status < 400) return toldOf(before);
  const body = await ports.files.request(ref);
  if (input.wait > 0) await ports.wait(input.wait, task.signal);
  const attempt = attempts.begin(ref, number);
  try {
    const excluded = [...input.excluded, ...attempts.askedIn(ref)];
    const claimed = await ports.front.claim({ facts: input.facts, tried: input.tried, excluded });
    if ('none' in claimed) return { kind: 'nobody', ...claimed.none };
    return await ask(ports, { input, body, attempt, leave: claimed.grant, task });
  } finally {
    attempt.over();
  }
}

interface Asking {
  readonly input: AttemptInput;
  readonly body: Json;
  readonly attempt: RunningAttempt;
  readonly leave: Leave;
  readonly task: Task;
}

async function ask(ports: FailoverPorts, asking: Asking): Promise<AttemptResult> {
  const { input, body, attempt, leave, task } = asking;
  const provider = ports.providers.find(({ name }) => name === leave.provider);
  if (provider === undefined) {
    await ports.front.settle(leave.id, { kind: 'fault', observation: CANCELLED });
    throw new NxsError('ACTIVITY_FAILED', `This worker does not know the provider ${leave.provider}.`);
  }
  attempt.asks(provider.name);
  task.progress(`${provider.name} is asked`);
  const stop = joined([attempt.signal, task.signal]);
  const end = await ports.ask({
    provider,
    path: input.path,
    facts: input.facts,
    body,
    firstByte: leave.firstByte,
    idle: leave.idle,
    deadline: input.deadline,
    signal: stop.signal,
    onFirst() {
      attempt.spoke();
      task.progress(`${provider.name} answers`);
    },
  });
  stop.release();
  if (end.kind === 'complete') return answered(ports, asking, provider, end);
  await ports.front.settle(leave.id, { kind: 'fault', observation: end.observation });
  if (task.signal.aborted) throw new NxsError('CANCELLED', 'The attempt was ended.');
  return failed(ports, input, provider, end);
}

async function answered(
  ports: FailoverPorts,
  { input, attempt, leave }: Asking,
  provider: ProviderRules,
  end: Extract<ProviderEnd, { kind: 'complete' }>,
): Promise<AttemptResult> {
  const { json, status, first, whole } = end;
  const kept: KeptAnswer = {
    provider: provider.name,
    model: modelOf(json),
    status,
    usage: usageOf(json),
    ms: Math.round(whole),
    body: json,
  };
  const { promptTokens } = input.facts;
  // First: a full disk is not the provider's fault, and must not keep its trial slot.
  await ports.front.settle(leave.id, { kind: 'success', promptTokens, first, whole });
  await ports.files.keep(input.ref, input.number, kept);
  attempt.won();
  return toldOf(kept);
}

async function failed(
  ports: FailoverPorts,
  input: AttemptInput,
  provider: ProviderRules,
  end: Extract<ProviderEnd, { kind: 'fault' }>,
): Promise<Failed> {
  const { fault, status } = end.observation;
  const { move: wanted } = outcomeOf(end.observation);
  const tries = 1 + input.tried.filter((name) => name === provider.name).length;
  const here = (wanted === 'retry_here' || end.again) && tries < provider.tries;
  const move = here ? 'retry_here' : wanted === 'retry_here' ? 'next' : wanted;
  const tooSmall = fault === 'context_length' || fault === 'too_large';
  const smaller = tooSmall ? ports.providers.filter((each) => !hasLargerContext(each, provider)) : [];
  const response = move === 'give_back' || tooSmall ? end.response : null;
  const words = response?.json ?? null;
  if (response !== null && words !== null) {
    const kept = { provider: provider.name, model: null, status: response.status, usage: null, ms: 0 };
    await ports.files.keep(input.ref, input.number, { ...kept, body: words });
  }
  return {
    kind: 'failed',
    provider: provider.name,
    fault,
    status: response?.status ?? status,
    move,
    exclude: move === 'next' ? [provider.name, ...smaller.map(({ name }) => name)] : [],
    kept: words !== null,
  };
}

const CANCELLED = { fault: 'cancelled', status: null, retryAfter: null, detail: 'it was not asked' } as const;

function toldOf({ provider, model, status, usage, ms }: KeptAnswer): AttemptResult {
  return { kind: 'answered', provider, model, status, usage, ms };
}

function modelOf(json: Json): string | null {
  const model = json['model'];
  return typeof model === 'string' ? model.slice(0, 200) : null;
}

function usageOf(json: Json): Usage | null {
  const usage = recordOf(json['usage']);
  if (usage === null) return null;
  const count = (value: unknown) => (typeof value === 'number' ? value : null);
  return { prompt: count(usage['prompt_tokens']), completion: count(usage['completion_tokens']) };
}
