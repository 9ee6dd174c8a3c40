import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contend, spreadOver, summaryOf, type Contention } from '../../../bench/scale/contention.js';
import { seeded } from '../../../bench/subjects/words.js';
import { PUBLISH_TRIES } from '../../../domain/sync/publishing.js';

const STEPS = {
  fetch: { own: 10, hub: 5 },
  plan: { own: 20, hub: 0 },
  lost: { own: 10, hub: 5 },
  push: { own: 20, hub: 15 },
};

function scene(arrivals: readonly number[], more: Partial<Contention> = {}): Contention {
  return { arrivals, steps: STEPS, hubCores: 2, latency: 0, onHub: false, random: seeded(1), ...more };
}

describe('nodes that publish to one hub', () => {
  it('one alone is through at once, after the work of its steps', () => {
    const { tries, waits, gaveUp } = contend(scene([1000]));
    expect([tries, waits, gaveUp]).toEqual([[1], [15 + 20 + 35], 0]);
  });

  it('of two at the same moment one is first and the other tries again', () => {
    expect([...contend(scene([0, 0])).tries].sort()).toEqual([1, 2]);
  });

  it('far apart nobody ever tries twice', () => {
    expect(new Set(contend(scene([0, 1000, 2000, 3000])).tries)).toEqual(new Set([1]));
  });

  it('every publish ends, in at most as many tries as the product has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(5000), fc.nat(), (count, within, seed) => {
        const random = seeded(seed);
        const { tries, waits, gaveUp } = contend(scene(spreadOver(count, within, random), { random }));
        expect(tries.length).toBe(count);
        expect(waits.length + gaveUp).toBe(count);
        expect(waits.length).toBeGreaterThan(0);
        for (const each of tries) expect(each).toBeLessThanOrEqual(PUBLISH_TRIES);
        for (const each of waits) expect(each).toBeGreaterThanOrEqual(15 + 20 + 35 - 1e-6);
      }),
    );
  });

  it('the same seed gives the same run', () => {
    const once = () => {
      const random = seeded(7);
      return contend(scene(spreadOver(40, 2000, random), { random }));
    };
    expect(once()).toEqual(once());
  });

  it('too many at once give up, and half of them on each of two hubs lose less', () => {
    const run = (nodes: number) => {
      const random = seeded(3);
      return summaryOf(contend(scene(spreadOver(nodes, 1000, random), { random })));
    };
    expect(run(200).gaveUp).toBeGreaterThan(0.1);
    expect(run(20).gaveUp).toBeLessThan(run(200).gaveUp);
    expect(run(20).tries).toBeLessThan(run(200).tries);
  });

  it('a machine whose cores are all in use slows everybody alike', () => {
    const alone = contend(scene([0], { onHub: true, hubCores: 1 })).waits[0] ?? 0;
    const both = contend(scene([0, 0], { onHub: true, hubCores: 1 })).waits[0] ?? 0;
    expect(both).toBeGreaterThan(1.5 * alone);
  });
});
