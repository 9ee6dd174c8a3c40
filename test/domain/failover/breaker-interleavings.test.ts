// The breaker against an oracle: random interleavings of calls that begin and end, of looks, and of a clock that jumps.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  admit,
  closedBreaker,
  isCurrent,
  noteFailure,
  openNow,
  settle,
  type Breaker,
  type BreakerRules,
  type Settlement,
  type Ticket,
} from '../../../domain/failover/breaker.js';

const START = 100_000_000;
const SUCCESS: Settlement = { kind: 'success' };
const NEUTRAL: Settlement = { kind: 'neutral' };
const FAILURE: Settlement = { kind: 'failure', reason: 'server_error 503' };

type Step =
  | { readonly kind: 'admit' }
  | { readonly kind: 'note' }
  | { readonly kind: 'open_now' }
  | { readonly kind: 'settle'; readonly which: number; readonly settlement: Settlement }
  | { readonly kind: 'clock'; readonly by: number };

const settlement = fc.constantFrom(SUCCESS, NEUTRAL, FAILURE, FAILURE);
const forwards = fc.record({ kind: fc.constant('clock' as const), by: fc.integer({ min: 0, max: 50_000 }) });
const backwards = fc.record({
  kind: fc.constant('clock' as const),
  by: fc.integer({ min: -10_000_000, max: 0 }),
});
const work = fc.oneof<{ weight: number; arbitrary: fc.Arbitrary<Step> }[]>(
  { weight: 5, arbitrary: fc.constant<Step>({ kind: 'admit' }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('settle' as const), which: fc.nat(), settlement }),
  },
  { weight: 1, arbitrary: fc.constantFrom<Step>({ kind: 'note' }, { kind: 'open_now' }) },
);
const anyRules = fc.record({
  threshold: fc.integer({ min: 1, max: 4 }),
  window: fc.integer({ min: 1_000, max: 90_000 }),
  openFor: fc.integer({ min: 1_000, max: 60_000 }),
  halfOpenMax: fc.integer({ min: 1, max: 3 }),
});
const steady = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(work, forwards), { maxLength: 80 });
const jumpy = fc.array(fc.oneof<fc.Arbitrary<Step>[]>(work, forwards, backwards), { maxLength: 80 });

/** Plays the steps against the breaker; `after` sees each change together with the calls that run. */
function play(
  steps: readonly Step[],
  by: BreakerRules,
  after: (seen: {
    step: Step;
    before: Breaker;
    breaker: Breaker;
    used: Ticket | null;
    now: number;
    running: readonly Ticket[];
  }) => void,
): { breaker: Breaker; now: number; running: Ticket[] } {
  let breaker = closedBreaker(START);
  let now = START;
  const running: Ticket[] = [];
  for (const step of steps) {
    const before = breaker;
    let used: Ticket | null = null;
    if (step.kind === 'clock') now += step.by;
    else if (step.kind === 'note') breaker = noteFailure(breaker, 'look', by, now);
    else if (step.kind === 'open_now') breaker = openNow(breaker, 'key', by, now);
    else if (step.kind === 'admit') {
      const admission = admit(breaker, by, now);
      breaker = admission.breaker;
      if (admission.admitted) running.push(admission.ticket);
      else if (admission.until !== null) expect(admission.until).toBeLessThanOrEqual(now + by.openFor);
    } else if (running.length > 0) {
      [used = null] = running.splice(step.which % running.length, 1);
      if (used !== null) breaker = settle(breaker, used, step.settlement, by, now);
    }
    after({ step, before, breaker, used, now, running });
  }
  return { breaker, now, running };
}

describe('whatever happens in whatever order', () => {
  it('as many trials are counted as run, never more than allowed', () => {
    fc.assert(
      fc.property(jumpy, anyRules, (steps, by) => {
        play(steps, by, ({ breaker, running }) => {
          if (breaker.state !== 'half_open') return;
          expect(breaker.trials).toBe(running.filter((ticket) => isCurrent(breaker, ticket)).length);
          expect(breaker.trials).toBeLessThanOrEqual(by.halfOpenMax);
        });
      }),
    );
  });

  it('a closed one opens exactly at the failure that makes enough of them within the window', () => {
    fc.assert(
      fc.property(steady, anyRules, (steps, by) => {
        let failures: number[] = [];
        play(steps, by, ({ step, before, breaker, used, now }) => {
          if (before.state !== 'closed') {
            failures = [];
            return;
          }
          const own = used !== null && used.episode === before.episode && !used.trial;
          if (own && step.kind === 'settle' && step.settlement.kind === 'success') failures = [];
          const failed = own && step.kind === 'settle' && step.settlement.kind === 'failure';
          if (failed || step.kind === 'note') failures.push(now);
          failures = failures.filter((at) => at > now - by.window);
          const open = step.kind === 'open_now' || failures.length >= by.threshold;
          expect(breaker.state).toBe(open ? 'open' : 'closed');
        });
      }),
    );
  });

  it('an open one waits for its whole time after each failure, and only a trial of its own closes it', () => {
    fc.assert(
      fc.property(jumpy, anyRules, (steps, by) => {
        play(steps, by, ({ step, before, breaker, used, now }) => {
          const failed =
            step.kind === 'note' ||
            step.kind === 'open_now' ||
            (used !== null && step.kind === 'settle' && step.settlement.kind === 'failure');
          if (before.state === 'open' && failed) expect(breaker).toMatchObject({ until: now + by.openFor });
          if (before.state === 'open') expect(breaker.state).not.toBe('closed');
          if (before.state === 'half_open' && breaker.state === 'closed') {
            expect(used).toEqual({ episode: before.episode, trial: true });
            expect(step).toMatchObject({ settlement: SUCCESS });
          }
        });
      }),
    );
  });

  it('the end of the wait never comes nearer while the clock goes on', () => {
    fc.assert(
      fc.property(steady, anyRules, (steps, by) => {
        play(steps, by, ({ before, breaker }) => {
          if (before.state !== 'open' || breaker.state !== 'open') return;
          expect(breaker.until).toBeGreaterThanOrEqual(before.until);
        });
      }),
    );
  });

  it('the episode grows by one with each change of state and never else', () => {
    fc.assert(
      fc.property(jumpy, anyRules, (steps, by) => {
        play(steps, by, ({ before, breaker }) => {
          const changed = before.state !== breaker.state;
          // A half-open one whose slots are all free may go through open_now; that is one change as well.
          expect(breaker.episode).toBe(before.episode + (changed ? 1 : 0));
        });
      }),
    );
  });

  it('somebody is let in one open time after the last call has ended, wherever the clock went', () => {
    fc.assert(
      fc.property(jumpy, anyRules, fc.integer({ min: -10_000_000, max: 0 }), (steps, by, jump) => {
        const end = play(steps, by, () => undefined);
        let { breaker } = end;
        for (const ticket of end.running) breaker = settle(breaker, ticket, NEUTRAL, by, end.now);
        const asked = admit(breaker, by, end.now + jump);
        if (asked.admitted) return;
        expect(admit(asked.breaker, by, end.now + jump + by.openFor).admitted).toBe(true);
      }),
    );
  });
});
