import { expect, test } from 'vitest';
import type { RequestFacts } from '../../domain/failover/request.js';
import { openDesk, type Desk, type Grant, type Transition } from '../../gateway/desk.js';
import type { Roster } from '../../gateway/rules.js';

const FACTS: RequestFacts = {
  kind: 'chat',
  stream: true,
  needs: [],
  model: null,
  only: null,
  localOnly: false,
  promptTokens: 10,
};
const DOWN = {
  kind: 'fault',
  observation: { fault: 'refused', status: null, retryAfter: null, detail: 'refused' },
} as const;

function roster(): Roster {
  const provider = (name: string, priority: number) => ({
    rules: {
      name,
      priority,
      weight: 1,
      cost: null,
      model: 'm',
      embeddingModel: null,
      tries: 2,
      timeout: 30_000,
      location: 'local' as const,
      contextLength: null,
      supports: null,
      threshold: 2,
      openFor: 10_000,
    },
    endpoint: { name, baseUrl: 'http://127.0.0.1:1/v1', apiKey: null, model: 'm' },
  });
  return {
    usable: [provider('a', 1), provider('b', 2)],
    unusable: [],
    failover: {
      mode: 'sequential',
      globalTimeout: 300_000,
      window: 60_000,
      hedgeAfter: 4_000,
      firstByteTimeout: null,
      idleTimeout: null,
      halfOpenMax: 1,
      midStream: 'error',
      localToRemote: 'allow',
    },
  };
}

interface Scene {
  readonly desk: Desk;
  readonly clock: { now: number };
  readonly seen: Transition[];
  readonly claim: (name: string) => Grant;
}

function scene(): Scene {
  const clock = { now: 1_000_000 };
  const desk = openDesk({ roster: roster(), now: () => clock.now });
  const seen: Transition[] = [];
  desk.listen({ transition: (transition) => seen.push(transition) });
  return {
    desk,
    clock,
    seen,
    claim(name) {
      const provider = desk.roster.usable.find(({ rules }) => rules.name === name)?.rules;
      if (provider === undefined) throw new Error(name);
      const claimed = desk.claim(provider, FACTS);
      if (!claimed.granted) throw new Error(`${name}: ${claimed.refusal}`);
      return claimed.grant;
    },
  };
}

function trip({ desk, claim }: Scene): void {
  for (let call = 0; call < 2; call += 1) desk.settle(claim('a'), DOWN);
}

test('failures up to the threshold open the breaker, and listeners hear of it once', () => {
  const it = scene();
  trip(it);
  expect(it.seen).toMatchObject([{ provider: 'a', from: 'closed', to: 'open', until: 1_010_000 }]);
  expect(() => it.claim('a')).toThrow('a: open');
});

test('a grant that is settled twice counts once', () => {
  const it = scene();
  const grant = it.claim('a');
  it.desk.settle(grant, DOWN);
  it.desk.settle(grant, DOWN);
  expect(it.seen).toEqual([]);
});

test('what another process kept comes back with the open time that was left', () => {
  const before = scene();
  trip(before);
  const after = scene();
  after.clock.now = 1_004_000;
  after.desk.restore(before.desk.snapshot(true));
  expect(() => after.claim('a')).toThrow('a: open');
  after.clock.now = 1_010_001;
  expect(after.claim('a').trial).toBe(true);
});

test('an older state never wins over what was seen since', () => {
  const old = scene();
  trip(old);
  const kept = old.desk.snapshot(false);
  const it = scene();
  it.clock.now = 2_000_000;
  trip(it);
  it.desk.reset('a');
  it.desk.restore(kept);
  expect(it.claim('a').trial).toBe(false);
});

test('a switch puts its provider first until its time is over, and an older one does not undo it', () => {
  const { desk, clock } = scene();
  desk.switch({ to: 'b', until: 1_005_000, at: 1_000_000, by: 'ops' });
  desk.switch({ to: null, until: null, at: 999_000, by: 'late' });
  expect(desk.plan(FACTS).order.map(({ name }) => name)).toEqual(['b', 'a']);
  clock.now = 1_005_000;
  expect(desk.plan(FACTS).order.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a silent provider goes behind the others, and one call alone is its witness', () => {
  const { desk, claim } = scene();
  const [one, two] = [claim('a'), claim('a')];
  expect(desk.suspect(one)).toBe(true);
  expect(desk.suspect(two)).toBe(false);
  expect(desk.plan(FACTS).order.map(({ name }) => name)).toEqual(['b', 'a']);
  desk.clear(one);
  expect(desk.plan(FACTS).order.map(({ name }) => name)).toEqual(['a', 'b']);
});

test('a plain answer is asked for once whole answers are known to come at once', () => {
  const { desk, clock, claim } = scene();
  const whole: RequestFacts = { ...FACTS, stream: false };
  const provider = desk.roster.usable[0]?.rules;
  if (provider === undefined) throw new Error('none');
  const plain = () => {
    const claimed = desk.claim(provider, whole);
    return claimed.granted && claimed.grant.plain;
  };
  expect(plain()).toBe(false);
  for (let call = 0; call < 8; call += 1) {
    clock.now += 100;
    desk.settle(claim('a'), { kind: 'success', promptTokens: 10, first: 5, whole: 20 });
  }
  expect(plain()).toBe(true);
});

test('under other rules a breaker stays open, a running call counts, and a provider with another address begins anew', () => {
  const { desk, claim } = scene();
  const running = claim('b');
  for (let call = 0; call < 2; call += 1) desk.settle(claim('a'), DOWN);
  expect(desk.usable('a')).toBe(false);
  const same = desk.under(roster());
  expect(same.usable('a')).toBe(false);
  const rules = roster();
  const moved = desk.under({
    ...rules,
    usable: rules.usable.map((each) =>
      each.rules.name === 'a'
        ? { ...each, endpoint: { ...each.endpoint, baseUrl: 'http://127.0.0.1:2/v1' } }
        : each,
    ),
  });
  expect(moved.usable('a')).toBe(true);
  desk.settle(running, DOWN);
  expect(moved.record('b')?.breaker).toMatchObject({ state: 'closed', failures: [expect.any(Number)] });
});

test('a provider that is configured no more is neither shown nor kept, and a call under way there ends in peace', () => {
  const { desk, claim } = scene();
  const running = claim('b');
  const rules = roster();
  const less = desk.under({ ...rules, usable: rules.usable.slice(0, 1) });
  expect([less.record('b'), less.usable('b')]).toEqual([undefined, false]);
  expect(Object.keys(less.snapshot(true).providers)).toEqual(['a']);
  expect(less.plan(FACTS).order.map(({ name }) => name)).toEqual(['a']);
  desk.settle(running, DOWN);
  expect(desk.plan(FACTS).order.map(({ name }) => name)).toEqual(['a', 'b']);
});
