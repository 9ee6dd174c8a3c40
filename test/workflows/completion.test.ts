import { ApplicationFailure, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AttemptInput, AttemptResult } from '../../activities/contracts.js';
import type { CompletionResult } from '../../workflows/messages.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const facts = {
  kind: 'chat',
  stream: false,
  needs: [],
  model: null,
  only: null,
  localOnly: false,
  promptTokens: 12,
} as const;

const input = () => ({
  ref: 'r1',
  digest: 'd',
  path: '/chat/completions',
  facts,
  deadline: Date.now() + 60_000,
  hedgeAfter: 30_000,
});

const answeredBy = (provider: string): AttemptResult => ({
  kind: 'answered',
  provider,
  model: `${provider}-model`,
  status: 200,
  usage: { prompt: 12, completion: 3 },
  ms: 5,
});

type Failed = Extract<AttemptResult, { kind: 'failed' }>;

const failedAt = (provider: string, more: Partial<Failed> = {}): AttemptResult => ({
  kind: 'failed',
  provider,
  fault: 'server_error',
  status: 503,
  move: 'next',
  exclude: [provider],
  kept: false,
  ...more,
});

const nobody: AttemptResult = { kind: 'nobody', retryAfter: 7000, reason: 'a: open' };

/** Plays one result after the other, and notes what each attempt was given. */
function script(results: readonly AttemptResult[], seen: AttemptInput[] = []) {
  return (given: AttemptInput): Promise<AttemptResult> => {
    seen.push(given);
    const result = results[given.number - 1];
    if (result === undefined) throw new Error(`no attempt ${given.number} in the script`);
    return Promise.resolve(result);
  };
}

async function failureOf(handle: WorkflowHandle): Promise<CompletionResult> {
  const error = await handle.result().then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowFailedError) || !(error.cause instanceof ApplicationFailure)) throw error;
  expect(error.cause.type).toBe('NO_PROVIDER_ANSWERED');
  return error.cause.details?.[0] as CompletionResult;
}

async function eventsOf(handle: WorkflowHandle): Promise<string[]> {
  const { events } = await handle.fetchHistory();
  return (events ?? [])
    .map(({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name ?? '')
    .filter(Boolean);
}

async function endedActivities(handle: WorkflowHandle): Promise<number> {
  const { events } = await handle.fetchHistory();
  return (events ?? []).filter((event) => Boolean(event.activityTaskCompletedEventAttributes)).length;
}

describe('completion', () => {
  it('is one activity and no step at hand when the first provider answers', async () => {
    await stage.playing({ attemptCompletion: script([answeredBy('a')]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect(await handle.result()).toEqual({
        status: 200,
        provider: 'a',
        model: 'a-model',
        attempts: 1,
        answer: 1,
        usage: { prompt: 12, completion: 3 },
        retryAfter: null,
        told: 'a answered',
      });
      expect(await eventsOf(handle)).toEqual(['attemptCompletion']);
      const { typedSearchAttributes } = await handle.describe();
      expect(typedSearchAttributes.getAll().find(({ key }) => key.name === 'NxsOutcome')?.value).toBe(
        'answered',
      );
      await stage.record(handle, 'completion-answered');
    });
  });

  it('tries the same provider again while it may, then the next one, and tells the story', async () => {
    const seen: AttemptInput[] = [];
    const again = failedAt('a', { move: 'retry_here', exclude: [] });
    await stage.playing(
      { attemptCompletion: script([again, failedAt('a'), answeredBy('b')], seen) },
      async () => {
        const handle = await stage.start('completion', 'completion', input());
        expect(await handle.result()).toMatchObject({
          provider: 'b',
          attempts: 3,
          answer: 3,
          told: 'a: server_error 503, then a: server_error 503, then b answered',
        });
        await stage.record(handle, 'completion-failed-over');
      },
    );
    expect(seen.map(({ tried, excluded, wait }) => ({ tried, excluded, waits: wait > 0 }))).toEqual([
      { tried: [], excluded: [], waits: false },
      { tried: ['a'], excluded: [], waits: true },
      { tried: ['a', 'a'], excluded: ['a'], waits: false },
    ]);
  });

  it('ends as failed with the soonest retry when nobody is left', async () => {
    await stage.playing({ attemptCompletion: script([failedAt('a'), nobody]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect(await failureOf(handle)).toMatchObject({
        status: 503,
        provider: null,
        answer: null,
        attempts: 1,
        retryAfter: 7000,
        told: 'a: server_error 503, then a: open',
      });
      await stage.record(handle, 'completion-nobody');
    });
  });

  it("gives the provider's own error back where the request is at fault", async () => {
    const refused = failedAt('a', {
      fault: 'content_filter',
      status: 400,
      move: 'give_back',
      exclude: [],
      kept: true,
    });
    await stage.playing({ attemptCompletion: script([refused]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect(await failureOf(handle)).toMatchObject({ status: 400, provider: 'a', answer: 1, attempts: 1 });
    });
  });

  it('gives a prompt that nobody can take back with the words of the last one who said so', async () => {
    const long = failedAt('a', { fault: 'context_length', status: 400, kept: true });
    await stage.playing({ attemptCompletion: script([long, nobody]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect(await failureOf(handle)).toMatchObject({ status: 400, provider: 'a', answer: 1 });
    });
  });

  it('says 429 when every provider asked for a pause, and 504 when the time was over', async () => {
    const limited = failedAt('a', { fault: 'rate_limited', status: 429 });
    await stage.playing({ attemptCompletion: script([limited, nobody]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect((await failureOf(handle)).status).toBe(429);
    });
    const late = failedAt('a', { fault: 'deadline', status: null, move: 'stop', exclude: [] });
    await stage.playing({ attemptCompletion: script([late]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      expect((await failureOf(handle)).status).toBe(504);
    });
  });

  it('asks the next one beside a silent one, takes the first answer and cancels the other', async () => {
    let cancelled: (value: string) => void = () => undefined;
    const loser = new Promise<string>((resolve) => (cancelled = resolve));
    const silent = async (given: AttemptInput): Promise<AttemptResult> => {
      if (given.number === 2) return answeredBy('b');
      const beat = setInterval(() => Context.current().heartbeat(), 100);
      try {
        await Context.current().cancelled;
      } finally {
        clearInterval(beat);
        cancelled('cancelled');
      }
      return nobody;
    };
    await stage.playing({ attemptCompletion: silent, isSilent: () => Promise.resolve(true) }, async () => {
      const handle = await stage.start('completion', 'completion', { ...input(), hedgeAfter: 300 });
      expect(await handle.result()).toMatchObject({
        provider: 'b',
        attempts: 2,
        told: 'attempt 1 is silent, then b answered',
      });
      expect(await loser).toBe('cancelled');
      await stage.record(handle, 'completion-hedged');
    });
  });

  it('asks nobody else beside one that has begun to answer, however long it takes', async () => {
    const seen: number[] = [];
    let answer: () => void = () => undefined;
    const slow = async (given: AttemptInput): Promise<AttemptResult> => {
      seen.push(given.number);
      await new Promise<void>((resolve) => (answer = resolve));
      return answeredBy('a');
    };
    const isSilent = (): Promise<boolean> => {
      answer();
      return Promise.resolve(false);
    };
    await stage.playing({ attemptCompletion: slow, isSilent }, async () => {
      const handle = await stage.start('completion', 'completion', { ...input(), hedgeAfter: 100 });
      expect(await handle.result()).toMatchObject({ provider: 'a', attempts: 1 });
    });
    expect(seen).toEqual([1]);
  });

  it('waits for the silent one when nobody else lets it in', async () => {
    let answer: () => void = () => undefined;
    const play = async (given: AttemptInput): Promise<AttemptResult> => {
      if (given.number === 2) return nobody;
      await new Promise<void>((resolve) => (answer = resolve));
      return answeredBy('a');
    };
    await stage.playing({ attemptCompletion: play, isSilent: () => Promise.resolve(true) }, async () => {
      const handle = await stage.start('completion', 'completion', { ...input(), hedgeAfter: 100 });
      await until(async () => (await endedActivities(handle)) === 1);
      answer();
      expect(await handle.result()).toMatchObject({ provider: 'a', attempts: 1, answer: 1 });
    });
  });

  it('does not hedge a call that only one provider may answer', async () => {
    const seen: number[] = [];
    const play = async (given: AttemptInput): Promise<AttemptResult> => {
      seen.push(given.number);
      await Context.current().sleep(400);
      return answeredBy('a');
    };
    await stage.playing({ attemptCompletion: play }, async () => {
      const only = { ...input(), facts: { ...facts, only: 'a' }, hedgeAfter: 50 };
      const handle = await stage.start('completion', 'completion', only);
      expect(await handle.result()).toMatchObject({ attempts: 1 });
    });
    expect(seen).toEqual([1]);
  });

  it('holds no prompt in its history', async () => {
    await stage.playing({ attemptCompletion: script([failedAt('a'), answeredBy('b')]) }, async () => {
      const handle = await stage.start('completion', 'completion', input());
      await handle.result();
      const first = (await handle.fetchHistory()).events?.[0]?.workflowExecutionStartedEventAttributes;
      const given = JSON.parse(String(Buffer.from(first?.input?.payloads?.[0]?.data ?? []))) as object;
      expect(Object.keys(given).sort()).toEqual([
        'deadline',
        'digest',
        'facts',
        'hedgeAfter',
        'node',
        'path',
        'ref',
      ]);
    });
  });
});
