// Brakes, tried against a clock: whatever is asked for, the limits hold, and every brake lets go at the time that it told.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brake, isStorm, type Act, type Circumstances } from '../../../domain/healing/brakes.js';
import { touchedBy, type Work } from '../../../domain/healing/playbook.js';
import { rulesOf } from './support/world.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const limitRules = fc
  .record({
    cooldown: fc.integer({ min: 1, max: 20 }).map((minutes) => minutes * 60_000),
    per_hour: fc.integer({ min: 1, max: 6 }),
    per_day: fc.integer({ min: 6, max: 30 }),
  })
  .map((each) => ({ ...rulesOf().limits, ...each }));

const calm: Omit<Circumstances, 'now' | 'acts'> = {
  pausedUntil: null,
  busy: null,
  causes: [],
  anomalies: 1,
  approved: false,
};

interface Asked {
  readonly after: number;
  readonly target: string;
  readonly disruptive: boolean;
}

const asks = fc.array(
  fc.record({
    after: fc.integer({ min: 0, max: 90 }).map((minutes) => minutes * 60_000),
    target: fc.constantFrom('web', 'db', 'bridge'),
    disruptive: fc.boolean(),
  }),
  { maxLength: 80 },
);

function bookOf({ target, disruptive }: Pick<Asked, 'target' | 'disruptive'>) {
  return disruptive
    ? ({ level: 2, action: 'restart_services', target, disruptive, works: restartOf(target) } as const)
    : ({ level: 1, action: 'clear_caches', target, disruptive, works: [] } as const);
}

function restartOf(...names: readonly string[]): readonly Work[] {
  const command = { kind: 'argv', argv: ['true'] } as const;
  return [{ kind: 'commands', steps: names.map((about) => ({ about, command, timeout: 1000 })) }];
}

function actOf(book: Parameters<typeof brake>[0], at: number, request = 'r'): Act {
  const { level, action, target, disruptive } = book;
  const touched = touchedBy(book);
  return { incident: 'i', request, at, ended: at, level, action, target, disruptive, touched };
}

/** All that was let through, in the order of time. */
function carriedOut(all: readonly Asked[], limits: Parameters<typeof brake>[1]): readonly Act[] {
  const acts: Act[] = [];
  let now = 0;
  for (const asked of all) {
    now += asked.after;
    const book = bookOf(asked);
    if (brake(book, limits, { ...calm, now, acts }).held) continue;
    acts.push(actOf(book, now, `r${String(acts.length)}`));
  }
  return acts;
}

describe('brakes', () => {
  it('never let more disruptive acts through than an hour and a day may have', () => {
    fc.assert(
      fc.property(asks, limitRules, (all, limits) => {
        const times = carriedOut(all, limits)
          .filter(({ disruptive }) => disruptive)
          .map(({ at }) => at);
        for (const from of times) {
          const within = (span: number) => times.filter((at) => at >= from && at < from + span).length;
          expect(within(HOUR)).toBeLessThanOrEqual(limits.per_hour);
          expect(within(DAY)).toBeLessThanOrEqual(limits.per_day);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('never let one action on one target through twice within its cooldown', () => {
    fc.assert(
      fc.property(asks, limitRules, (all, limits) => {
        const last = new Map<string, number>();
        for (const { action, target, at } of carriedOut(all, limits)) {
          const key = `${action} ${target}`;
          expect(at - (last.get(key) ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(limits.cooldown);
          last.set(key, at);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('let go at the time that they told, when nothing else was done meanwhile', () => {
    fc.assert(
      fc.property(asks, limitRules, fc.boolean(), (all, limits, disruptive) => {
        const acts = carriedOut(all, limits);
        let now = acts.at(-1)?.at ?? 0;
        const book = bookOf({ target: 'web', disruptive });
        for (let times = 0; ; times += 1) {
          const held = brake(book, limits, { ...calm, now, acts });
          if (!held.held) break;
          expect(held.until).toBeGreaterThan(now);
          // Cooldown, hour and day: each can hold once.
          expect(times).toBeLessThan(3);
          now = held.until;
        }
      }),
      { numRuns: 500 },
    );
  });

  it('hold for a pause, a cause, a backup: each says why', () => {
    const { limits } = rulesOf();
    const book = bookOf({ target: 'web', disruptive: true });
    const why = (more: Partial<Circumstances>) => {
      const held = brake(book, limits, { ...calm, now: 1000, acts: [], ...more });
      return held.held ? [held.reason, held.until] : null;
    };
    expect(why({})).toBeNull();
    expect(why({ pausedUntil: 5000 })).toEqual(['healing is paused (nxs heal resume)', 5000]);
    expect(why({ pausedUntil: 1000 })).toBeNull();
    expect(why({ busy: 'a backup' })).toEqual(['a backup is running', 6000]);
    expect(why({ causes: ['db'] })).toEqual(['it waits for db', 6000]);
    expect(why({ busy: 'a backup', approved: true })).toEqual(['a backup is running', 6000]);
  });

  it('let milder things through while a backup runs', () => {
    const book = bookOf({ target: 'memory', disruptive: false });
    expect(brake(book, rulesOf().limits, { ...calm, now: 0, acts: [], busy: 'a backup' }).held).toBe(false);
  });

  it('do not stand in the way of what a person has just approved', () => {
    const { limits } = rulesOf({ limits: { per_hour: 1, per_day: 1 } });
    const book = bookOf({ target: 'web', disruptive: true });
    const acts = [actOf(book, 0)];
    expect(brake(book, limits, { ...calm, now: 1, acts }).held).toBe(true);
    expect(brake(book, limits, { ...calm, now: 1, acts, approved: true }).held).toBe(false);
  });

  it('hold a service that was just restarted for the sake of memory, and no other', () => {
    const { limits } = rulesOf();
    const relief = { ...bookOf({ target: 'memory', disruptive: true }), works: restartOf('web', 'db') };
    const held = (target: string) =>
      brake(bookOf({ target, disruptive: true }), limits, { ...calm, now: 1, acts: [actOf(relief, 0)] }).held;
    expect([held('web'), held('db'), held('bridge')]).toEqual([true, true, false]);
    const again = brake(relief, limits, {
      ...calm,
      now: 1,
      acts: [actOf(bookOf({ target: 'db', disruptive: true }), 0)],
    });
    expect(again.held).toBe(true);
  });

  it('know a storm by how much is wrong at once', () => {
    const { limits } = rulesOf({ limits: { storm: 3 } });
    expect([2, 3].map((anomalies) => isStorm({ anomalies }, limits))).toEqual([false, true]);
  });
});
