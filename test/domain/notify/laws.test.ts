// Whatever happens in whatever order: the promises of docs/notifications.md.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { NoticeLevel } from '../../../domain/notify/notice.js';
import { DAY, HOUR, openWorld, raised, resolved, rulesOf, type World } from './support.js';

const LEVELS: readonly NoticeLevel[] = ['info', 'warning', 'critical'];
const incident = fc.constantFrom('x', 'y', 'z');

type Step = (world: World) => void;

const raise = fc.tuple(incident, fc.constantFrom(...LEVELS), fc.constantFrom('here', 'there')).map(
  ([name, level, text]): Step =>
    (world) =>
      world.tell(raised(name, { level, text })),
);
const end = incident.map(
  (name): Step =>
    (world) =>
      world.tell(resolved(name)),
);
const wait = fc.constantFrom(1, HOUR / 2, DAY).map((ms): Step => (world) => {
  world.now += ms;
  world.tell();
});
const kill = fc.constantFrom('a', 'b').map(
  (name): Step =>
    (world) =>
      void world.dead.add(name),
);
const mend = fc.constant<Step>((world) => {
  world.dead.clear();
  world.tell();
});
const steps = fc.array(fc.oneof(raise, end, wait, kill, mend), { maxLength: 40 });

function play(all: readonly Step[], limit: number | null): World {
  const world = openWorld(rulesOf('a', { maxPerHour: limit }), rulesOf('b', { maxPerHour: null }));
  for (const step of all) step(world);
  return world;
}

describe('in any order of events', () => {
  it('an end is only told after a beginning, and only once', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const { heard } = play(all, null);
        const open = new Set<string>();
        for (const line of heard) {
          const [channel, kind, name] = line.split(' ');
          const key = `${channel} ${name}`;
          if (kind === 'resolved') expect(open.delete(key)).toBe(true);
          else if (kind === 'reminder') expect(open.has(key)).toBe(true);
          else open.add(key);
        }
      }),
    );
  });

  it('a channel that works in the end knows exactly what is open', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const world = play(all, null);
        world.dead.clear();
        world.tell();
        const open = world.state.incidents
          .filter(({ state }) => state === 'raised')
          .map(({ incident: name }) => name);
        for (const { told } of world.state.channels)
          expect(told.map(({ incident: name }) => name).sort()).toEqual([...open].sort());
        const before = world.heard.length;
        world.tell();
        expect(world.heard.length).toBe(before);
      }),
    );
  });

  it('no hour has more messages than the limit, and nothing is lost by it', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 4 }), (all, limit) => {
        const world = openWorld(rulesOf('a', { maxPerHour: limit }));
        const times: number[] = [];
        for (const step of all) {
          const before = world.heard.length;
          step(world);
          for (let n = before; n < world.heard.length; n += 1) times.push(world.now);
        }
        for (const at of times)
          expect(times.filter((each) => each <= at && at - each < HOUR).length).toBeLessThanOrEqual(limit);
        world.dead.clear();
        for (let n = 0; n < 8; n += 1) {
          world.now += HOUR;
          world.tell();
        }
        const told = world.state.channels.flatMap((each) => each.told.map(({ incident: name }) => name));
        const open = world.state.incidents.map(({ incident: name }) => name);
        expect([...told].sort()).toEqual([...open].sort());
      }),
    );
  });
});
