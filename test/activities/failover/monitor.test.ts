// On a clock of the test's own: a night of monitoring in a few milliseconds.
import { describe, expect, it } from 'vitest';
import { monitorProviders } from '../../../activities/failover/monitor.js';
import type { FailoverPorts } from '../../../activities/failover/ports.js';
import type { Reading } from '../../../domain/failover/record.js';
import { rules, testPorts } from './ports.js';

interface Alarm {
  readonly at: number;
  wake(): void;
}

/** Time that passes only when everybody waits. */
function clock() {
  let now = 0;
  const alarms: Alarm[] = [];
  return {
    now: () => now,
    wait: ((ms, signal) =>
      new Promise((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake);
        if (signal.aborted) wake();
        else alarms.push({ at: now + ms, wake });
      })) satisfies FailoverPorts['wait'],
    async runTo(end: number, over: () => boolean): Promise<void> {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        if (over()) return;
        alarms.sort((a, b) => a.at - b.at);
        const next = alarms.shift();
        if (next === undefined || next.at > end) return;
        now = Math.max(now, next.at);
        next.wake();
      }
    },
  };
}

interface Play {
  /** State of a provider at a time. */
  readonly state?: (name: string, at: number) => Reading['state'];
  readonly troubled?: (at: number) => readonly string[];
  readonly known?: Readonly<Record<string, Reading['state']>>;
  readonly names?: readonly string[];
}

async function monitor(until: number, play: Play) {
  const time = clock();
  const looks: { readonly name: string; readonly at: number }[] = [];
  const stopping = new AbortController();
  const task = new AbortController();
  const replaced = new AbortController();
  const ports = testPorts({
    providers: [rules('a'), rules('b'), rules('unset')],
    more: {
      now: time.now,
      wait: time.wait,
      stopping: stopping.signal,
      probe(name) {
        looks.push({ name, at: time.now() });
        return Promise.resolve({
          state: play.state?.(name, time.now()) ?? 'good',
          detail: '',
          at: time.now(),
        });
      },
    },
  });
  ports.front.troubled = () => Promise.resolve(new Set(play.troubled?.(time.now()) ?? []));
  const { known = { a: 'good', b: 'good' }, names = ['a', 'b'] } = play;
  let ended = false;
  const work = monitorProviders(
    ports,
    { names, known },
    { progress: () => undefined, signal: task.signal },
    replaced.signal,
  ).then(
    (result) => ({ result, code: null }),
    (error: unknown) => ({ result: null, code: (error as { code: string }).code }),
  );
  void work.finally(() => (ended = true));
  await time.runTo(until, () => ended);
  return { ports, looks, time, work, stopping, task, replaced, ended: () => ended };
}

const between = (looks: readonly { name: string; at: number }[], name: string) => {
  const times = looks.filter((look) => look.name === name).map(({ at }) => at);
  return times.slice(1).map((at, index) => at - (times[index] ?? 0));
};

describe('the health monitor', () => {
  it('does not end in a night without a change, looks every 15 s and tells the front each time', async () => {
    const { looks, ended, ports, task, work } = await monitor(8 * 3_600_000, {});
    expect(ended()).toBe(false);
    expect(looks.length).toBe(2 * (8 * 240 + 1));
    expect(new Set(between(looks, 'a'))).toEqual(new Set([15_000]));
    expect(ports.looked).toHaveLength(looks.length);
    expect(looks.some(({ name }) => name === 'unset')).toBe(false);
    task.abort();
    expect(await work).toEqual({ result: null, code: 'CANCELLED' });
  });

  it('ends when the health of a provider changes, with the reading', async () => {
    const { work, ended, time } = await monitor(100_000, {
      state: (name, at) => (name === 'b' && at > 40_000 ? 'bad' : 'good'),
    });
    expect(ended()).toBe(true);
    expect((await work).result?.readings).toMatchObject([
      { name: 'b', reading: { state: 'bad', at: 45_000 } },
    ]);
    expect(time.now()).toBeLessThan(46_000);
  });

  it('ends once for several that change at the same time', async () => {
    const { work } = await monitor(1_000, { known: {} });
    expect((await work).result?.readings.map(({ name }) => name).sort()).toEqual(['a', 'b']);
  });

  it('looks every 2 s at one that is bad, and at the others as before', async () => {
    const { looks, task } = await monitor(60_000, {
      known: { a: 'bad', b: 'good' },
      state: (name) => (name === 'a' ? 'bad' : 'good'),
    });
    expect(new Set(between(looks, 'a'))).toEqual(new Set([2_000]));
    expect(new Set(between(looks, 'b'))).toEqual(new Set([15_000]));
    task.abort();
  });

  it('looks closer within 2 s when a breaker has opened, though the provider seems well', async () => {
    const { looks, task } = await monitor(60_000, {
      troubled: (at) => (at > 20_000 && at < 40_000 ? ['a'] : []),
    });
    const close = looks.filter(({ name, at }) => name === 'a' && at > 20_000 && at < 40_000);
    expect(close[0]?.at).toBeLessThanOrEqual(22_000);
    expect(close.length).toBeGreaterThanOrEqual(8);
    expect(Math.max(...between(looks, 'b'))).toBe(15_000);
    task.abort();
  });

  it.each(['task', 'stopping', 'replaced'] as const)('ends at once by its %s signal', async (by) => {
    const run = await monitor(10_000, {});
    expect(run.ended()).toBe(false);
    run[by].abort();
    expect(await run.work).toEqual({ result: null, code: 'CANCELLED' });
  });
});
