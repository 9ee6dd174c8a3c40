import { expect, test } from 'vitest';
import type { RequestFacts } from '../../../domain/failover/request.js';
import { openDesk } from '../../../gateway/desk.js';
import { rosterOf } from '../../../gateway/rules.js';
import type { Failover, Watch } from '../../../gateway/watch.js';
import { grantsOf } from '../../../workers/failover/grants.js';
import { providersSchema } from '../../../config/schemas/providers.js';

const FACTS: RequestFacts = {
  kind: 'chat',
  stream: false,
  needs: [],
  model: null,
  only: null,
  localOnly: false,
  promptTokens: 10,
};
const DOWN = {
  kind: 'fault',
  observation: { fault: 'server_error', status: 500, retryAfter: null, detail: '500' },
} as const;
const FINE = { kind: 'success', promptTokens: 10, first: 5, whole: 10 } as const;

function scene() {
  const clock = { now: 1_000_000 };
  const now = () => clock.now;
  const providers = providersSchema.parse({
    providers: ['a', 'b'].map((name, at) => ({
      name,
      base_url: 'http://127.0.0.1:1/v1',
      priority: at,
      retry: 1,
      circuit_breaker: { failure_threshold: 1, timeout_seconds: 10 },
    })),
  });
  const desk = openDesk({ roster: rosterOf({ providers, unset: [] }), now });
  const failovers: Failover[] = [];
  const watch: Watch = {
    attempt: () => undefined,
    hedged: () => undefined,
    call: () => undefined,
    failover: (one) => failovers.push(one),
  };
  const grants = grantsOf(() => desk, watch, now);
  const claim = (tried: readonly string[] = [], excluded: readonly string[] = []) => {
    const claimed = grants.claim({ facts: FACTS, tried, excluded });
    return 'grant' in claimed ? claimed.grant : claimed.none;
  };
  return { clock, desk, grants, failovers, claim };
}

test('an attempt is let in by the same desk as all others, and settled once', () => {
  const { desk, grants, claim } = scene();
  const grant = claim();
  expect(grant).toMatchObject({ provider: 'a' });
  const id = 'id' in grant ? grant.id : '';
  grants.settle({ id, end: DOWN });
  expect(desk.record('a')?.breaker.state).toBe('open');
  // A late repetition of the message opens nothing again.
  desk.reset('a');
  grants.settle({ id, end: DOWN });
  expect(desk.record('a')?.breaker.state).toBe('closed');
});

test('tries on one provider are bounded, and excluded ones are left out', () => {
  const { claim } = scene();
  expect(claim(['a', 'a'])).toMatchObject({ provider: 'b' });
  expect(claim([], ['a'])).toMatchObject({ provider: 'b' });
  expect(claim(['a', 'a', 'b', 'b'])).toMatchObject({ reason: 'everybody was tried' });
});

test('a worker that dies, and one whose message is lost, free the trial they held', () => {
  const { clock, grants, claim } = scene();
  const first = claim();
  grants.settle({ id: 'id' in first ? first.id : '', end: DOWN });
  clock.now += 11_000;
  expect(claim([], ['b'])).toMatchObject({ provider: 'a' });
  expect(claim([], ['b'])).toMatchObject({ reason: 'a: trial running' });
  grants.freeAll();
  expect(claim([], ['b'])).toMatchObject({ provider: 'a' });
  expect(claim([], ['b'])).toMatchObject({ reason: 'a: trial running' });
  clock.now += 361_000;
  expect(claim([], ['b'])).toMatchObject({ provider: 'a' });
});

test('a durable call that another provider answers is a failover, from the start of the one that failed', () => {
  const { clock, grants, failovers, claim } = scene();
  const first = claim();
  clock.now += 40;
  grants.settle({ id: 'id' in first ? first.id : '', end: DOWN });
  clock.now += 10;
  const second = claim(['a'], ['a']);
  clock.now += 50;
  grants.settle({ id: 'id' in second ? second.id : '', end: FINE });
  expect(failovers).toEqual([{ from: 'a', to: 'b', reason: 'server_error', ms: 100, lane: 'durable' }]);
});
