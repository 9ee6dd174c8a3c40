import { describe, expect, it } from 'vitest';
import { attemptCompletion } from '../../../activities/failover/attempt.js';
import type { ProviderCall, ProviderEnd } from '../../../activities/failover/ports.js';
import { runningAttempts } from '../../../activities/failover/running.js';
import type { Fault } from '../../../domain/failover/fault.js';
import { COMPLETE, rules, testPorts } from './ports.js';

const input = {
  ref: 'r',
  number: 1,
  path: '/chat/completions',
  facts: {
    kind: 'chat',
    stream: false,
    needs: [],
    model: null,
    only: null,
    localOnly: false,
    promptTokens: 7,
  },
  tried: [],
  excluded: [],
  wait: 0,
  deadline: Number.MAX_SAFE_INTEGER,
} as const;

const fault = (name: Fault, more: Partial<Extract<ProviderEnd, { kind: 'fault' }>> = {}): ProviderEnd => ({
  kind: 'fault',
  observation: { fault: name, status: 400, retryAfter: null, detail: '' },
  response: { status: 400, json: { error: { message: 'in the words of the provider' } } },
  again: false,
  ...more,
});

function idle(): { readonly progress: () => void; readonly signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  return { progress: () => undefined, signal: controller.signal, end: () => controller.abort() };
}

/** A provider that answers only when it is ended. */
function endless(call: ProviderCall): Promise<ProviderEnd> {
  return new Promise((resolve) => {
    call.signal.addEventListener('abort', () => resolve(fault('cancelled', { response: null })));
  });
}

describe('an attempt', () => {
  it('keeps the answer before it settles and tells only where it is', async () => {
    const ports = testPorts();
    const result = await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(result).toEqual({
      kind: 'answered',
      provider: 'a',
      model: 'real',
      status: 200,
      usage: { prompt: 3, completion: 2 },
      ms: 9,
    });
    expect(ports.kept.get('r/1')?.body).toHaveProperty('choices');
    expect(ports.settled).toEqual([
      { id: 'grant-1', end: { kind: 'success', promptTokens: 7, first: 4, whole: 9 } },
    ]);
  });

  it('asks nobody when its answer is there already: the worker died after it', async () => {
    const ports = testPorts();
    const first = await attemptCompletion(ports, runningAttempts(), input, idle());
    const second = await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(second).toEqual(first);
    expect([ports.calls.length, ports.claims.length]).toEqual([1, 1]);
  });

  it('retries on the same provider only while it has tries left', async () => {
    const ports = testPorts({ ask: () => Promise.resolve(fault('reset', { response: null })) });
    const run = (tried: readonly string[]) =>
      attemptCompletion(ports, runningAttempts(), { ...input, tried }, idle());
    expect(await run([])).toMatchObject({ move: 'retry_here', exclude: [] });
    expect(await run(['b'])).toMatchObject({ move: 'retry_here' });
    expect(await run(['a'])).toMatchObject({ move: 'next', exclude: ['a'] });
  });

  it('asks again where another model is loaded now', async () => {
    const ports = testPorts({ ask: () => Promise.resolve(fault('model_missing', { again: true })) });
    const result = await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(result).toMatchObject({ move: 'retry_here', exclude: [] });
  });

  it('leaves out whoever has no larger context, and keeps the words for the client', async () => {
    const providers = [
      rules('a', { contextLength: 8_000 }),
      rules('b', { contextLength: 4_000 }),
      rules('c', { contextLength: 32_000 }),
      rules('d'),
    ];
    const ports = testPorts({ providers, ask: () => Promise.resolve(fault('context_length')) });
    const result = await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(result).toMatchObject({ move: 'next', exclude: ['a', 'a', 'b'], kept: true, status: 400 });
    expect(ports.kept.get('r/1')?.body).toHaveProperty('error');
  });

  it('keeps the words of a provider only where the client gets them', async () => {
    const of = async (name: Fault) => {
      const ports = testPorts({ ask: () => Promise.resolve(fault(name)) });
      const result = await attemptCompletion(ports, runningAttempts(), input, idle());
      return [result, ports.kept.size] as const;
    };
    expect(await of('content_filter')).toMatchObject([{ move: 'give_back', kept: true }, 1]);
    expect(await of('unauthorized')).toMatchObject([{ move: 'next', kept: false }, 0]);
  });

  it('does not take an error that was kept for an answer', async () => {
    const ends = [fault('content_filter'), COMPLETE];
    const ports = testPorts({ ask: () => Promise.resolve(ends.shift() ?? COMPLETE) });
    await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(await attemptCompletion(ports, runningAttempts(), input, idle())).toMatchObject({
      kind: 'answered',
    });
  });

  it('tells when nobody lets it in', async () => {
    const none = { none: { retryAfter: 5, reason: 'a: open' } };
    const ports = testPorts({ claim: () => none });
    const result = await attemptCompletion(ports, runningAttempts(), input, idle());
    expect(result).toEqual({ kind: 'nobody', retryAfter: 5, reason: 'a: open' });
    expect(ports.settled).toEqual([]);
  });

  it('settles as neutral and ends as cancelled when it is ended', async () => {
    const ports = testPorts({ ask: endless });
    const task = idle();
    const work = attemptCompletion(ports, runningAttempts(), input, task);
    const end = expect(work).rejects.toMatchObject({ code: 'CANCELLED' });
    while (ports.calls.length === 0) await Promise.resolve();
    task.end();
    await end;
    expect(ports.settled).toMatchObject([{ end: { kind: 'fault', observation: { fault: 'cancelled' } } }]);
  });

  it('asks somebody else than the attempt beside it, and ends that one at once when it wins', async () => {
    const attempts = runningAttempts();
    const ports = testPorts({
      ask: (call) => (call.provider.name === 'a' ? endless(call) : Promise.resolve(COMPLETE)),
    });
    const loser = attemptCompletion(ports, attempts, input, idle());
    while (ports.calls.length === 0) await Promise.resolve();
    expect(attempts.isSilent('r', 1)).toBe(true);
    const winner = await attemptCompletion(ports, attempts, { ...input, number: 2 }, idle());
    expect(winner).toMatchObject({ kind: 'answered', provider: 'b' });
    expect(await loser).toMatchObject({ kind: 'failed', fault: 'cancelled', move: 'stop' });
    expect(attempts.askedIn('r')).toEqual([]);
  });

  it('is silent until its first content', async () => {
    const attempts = runningAttempts();
    const seen: boolean[] = [];
    const ports = testPorts({
      ask(call) {
        seen.push(attempts.isSilent('r', 1));
        call.onFirst();
        seen.push(attempts.isSilent('r', 1));
        return Promise.resolve(COMPLETE);
      },
    });
    await attemptCompletion(ports, attempts, input, idle());
    expect(seen).toEqual([true, false]);
  });

  it('fails for good when the request is gone, without asking anybody', async () => {
    const ports = testPorts();
    const work = attemptCompletion(ports, runningAttempts(), { ...input, ref: 'gone' }, idle());
    await expect(work).rejects.toMatchObject({ code: 'STATE_UNREADABLE' });
    expect(ports.claims).toEqual([]);
  });
});
