import { describe, expect, it } from 'vitest';
import { FORGET_AFTER } from '../../../domain/notify/absorb.js';
import { absorb } from '../../../domain/notify/absorb.js';
import { claim, settle } from '../../../domain/notify/claim.js';
import { EMPTY, channelOf, parseState } from '../../../domain/notify/state.js';
import { DAY, HOUR, openWorld, raised, resolved, rulesOf, START } from './support.js';

const MINUTE = 60_000;

describe('an incident', () => {
  it('is told once while it stays the same, and its end once', () => {
    const world = openWorld(rulesOf('a'));
    world.tell(raised('x'));
    world.tell(raised('x'));
    world.tell(raised('x', { text: 'look at it' }));
    world.tell(resolved('x'));
    world.tell(resolved('x'));
    expect(world.heard).toEqual(['a raised x', 'a resolved x']);
    expect(world.state.incidents).toEqual([]);
  });

  it('that was never raised has no end to tell', () => {
    const world = openWorld(rulesOf('a'));
    world.tell(resolved('x'));
    expect(world.heard).toEqual([]);
    expect(world.state).toEqual(EMPTY);
  });

  it('that gets worse is told again, that gets better is not', () => {
    const world = openWorld(rulesOf('a'));
    world.tell(raised('x'));
    world.tell(raised('x', { level: 'critical' }));
    world.tell(raised('x', { level: 'info' }));
    expect(world.messages.map(({ level }) => level)).toEqual(['warning', 'critical']);
  });

  it('whose text changes is told again, each text once', () => {
    const world = openWorld(rulesOf('a'));
    for (const text of ['local failed', 'github failed', 'local failed', 'github failed'])
      world.tell(raised('x', { text }));
    expect(world.messages.map(({ text }) => text)).toEqual(['local failed', 'github failed']);
  });

  it('that a channel could not be told is tried again without news, ever later', () => {
    const world = openWorld(rulesOf('a'));
    const tries: number[] = [];
    world.dead.add('a');
    world.tell(raised('x'));
    for (const end = world.now + 5 * HOUR; world.now < end; world.now += MINUTE) {
      const before = channelOf(world.state, 'a').failed?.times;
      world.look();
      if (channelOf(world.state, 'a').failed?.times !== before) tries.push((world.now - START) / MINUTE);
    }
    expect(tries).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243]);
    world.tell(raised('y'));
    world.dead.clear();
    world.now += HOUR;
    world.look();
    expect(world.heard).toEqual(['a raised x', 'a raised y']);
  });

  it('is not waited for by news of another', () => {
    const world = openWorld(rulesOf('a'));
    world.dead.add('a');
    world.tell(raised('x'));
    world.dead.clear();
    world.tell(raised('y'));
    expect(world.heard).toEqual(['a raised x', 'a raised y']);
  });

  it('that is still there is told again after a day, with the time since when', () => {
    const world = openWorld(rulesOf('a'));
    world.tell(raised('x'));
    world.now += DAY - 1;
    world.tell(raised('x'));
    world.now += 1;
    world.tell();
    world.tell(raised('x'));
    expect(world.heard).toEqual(['a raised x', 'a reminder x']);
    expect(world.messages[1]?.since).toBe(START);
  });

  it('that nobody raises any more is forgotten without a word', () => {
    const world = openWorld(rulesOf('a', { remindAfter: 100 * DAY }));
    world.tell(raised('x'));
    world.now += FORGET_AFTER;
    world.tell();
    expect(world.heard).toEqual(['a raised x']);
    expect(world.state.incidents).toEqual([]);
    expect(channelOf(world.state, 'a').told).toEqual([]);
  });

  it('below the level of a channel is not told there, nor is its end', () => {
    const world = openWorld(rulesOf('a'), rulesOf('pager', { minLevel: 'critical' }));
    world.tell(raised('x'));
    world.tell(resolved('x'));
    world.tell(raised('y', { level: 'critical' }));
    world.tell(resolved('y'));
    expect(world.heard.filter((line) => line.startsWith('pager'))).toEqual([
      'pager raised y',
      'pager resolved y',
    ]);
  });

  it.each(['__proto__', 'constructor', 'toString'])('may have the name %s', (name) => {
    const world = openWorld(rulesOf(name));
    world.tell(raised(name));
    world.tell(resolved(name));
    expect(world.heard).toEqual([`${name} raised ${name}`, `${name} resolved ${name}`]);
  });
});

describe('a channel that fails', () => {
  it('hears it with the next notice, and the others do not hear it twice', () => {
    const world = openWorld(rulesOf('good'), rulesOf('bad'));
    world.dead.add('bad');
    world.tell(raised('x'));
    world.tell(raised('y'));
    expect(channelOf(world.state, 'bad').failed?.times).toBe(2);
    world.dead.clear();
    world.tell();
    expect(world.heard).toEqual(['good raised x', 'good raised y', 'bad raised x', 'bad raised y']);
    expect(channelOf(world.state, 'bad').failed).toBeNull();
  });

  it('hears nothing of what began and ended meanwhile', () => {
    const world = openWorld(rulesOf('bad'));
    world.dead.add('bad');
    world.tell(raised('x'));
    world.tell(resolved('x'));
    world.dead.clear();
    world.tell();
    expect(world.heard).toEqual([]);
  });

  it('still hears the end of what it was told', () => {
    const world = openWorld(rulesOf('a'));
    world.tell(raised('x'));
    world.dead.add('a');
    world.tell(resolved('x'));
    world.dead.clear();
    world.tell();
    expect(world.heard).toEqual(['a raised x', 'a resolved x']);
  });
});

describe('the hourly limit', () => {
  it('holds back, and sums up in one message when there is room again', () => {
    const world = openWorld(rulesOf('a', { maxPerHour: 2 }));
    world.tell(raised('1'), raised('2'), raised('3'), raised('4'));
    world.now += HOUR - 1;
    world.tell();
    expect(world.heard).toEqual(['a raised 1', 'a raised 2']);
    world.now += 1;
    world.tell(raised('5'));
    expect(world.heard.slice(2)).toEqual(['a summary notify/held-back', 'a raised 5']);
    expect(world.messages[2]?.title).toBe('2 more were held back');
    expect(world.messages[2]?.text).toContain('3 is ill (3)');
    expect(world.messages[2]?.text).toContain('4 is ill (4)');
    world.now += MINUTE;
    world.tell();
    expect(world.heard.length).toBe(4);
  });

  it('counts what was over before it could be told', () => {
    const world = openWorld(rulesOf('a', { maxPerHour: 1 }));
    world.tell(raised('1'), raised('2'));
    world.tell(resolved('2'));
    world.now += HOUR;
    world.tell();
    expect(world.messages[1]?.title).toBe('1 more was held back');
    expect(world.messages[1]?.text).toContain('1 of them over by now');
  });

  it('lets what is urgent go first', () => {
    const world = openWorld(rulesOf('a', { maxPerHour: 1 }));
    world.tell(raised('1'), raised('2', { level: 'critical' }));
    expect(world.heard).toEqual(['a raised 2']);
  });

  it('is not blocked by a clock that went back', () => {
    const world = openWorld(rulesOf('a', { maxPerHour: 1 }));
    world.tell(raised('1'));
    world.now -= 30 * DAY;
    world.tell(raised('2'));
    expect(world.heard).toEqual(['a raised 1', 'a raised 2']);
  });
});

describe('a claim', () => {
  const rules = rulesOf('a');
  const begun = () => {
    const state = absorb(EMPTY, raised('x'), START);
    return claim(state, rules, { by: 'one', each: 1000, now: START });
  };

  it('keeps others away until it is settled', () => {
    const { state, messages } = begun();
    expect(messages.length).toBe(1);
    const other = { by: 'two', each: 1000, now: START + 999 };
    expect(claim(state, rules, other).messages).toEqual([]);
    const done = settle(
      state,
      'a',
      { ok: true, message: messages[0]!, at: START },
      { by: 'one', last: true },
    );
    expect(claim(done, rules, other).messages).toEqual([]);
    expect(claim(absorb(done, raised('y'), START), rules, other).messages.length).toBe(1);
  });

  it('of one who died runs out', () => {
    const again = claim(begun().state, rules, { by: 'two', each: 1000, now: START + 1000 });
    expect(again.messages.map(({ incident }) => incident)).toEqual(['x']);
  });

  it('waits as long as the service asked for, at most an hour', () => {
    const { state, messages } = begun();
    const refused = { ok: false, message: messages[0]!, at: START, reason: '429', wait: 50 * HOUR } as const;
    const after = settle(state, 'a', refused, { by: 'one', last: true });
    const at = (now: number) => claim(after, rules, { by: 'one', each: 1000, now }).messages.length;
    expect([at(START + HOUR - 1), at(START + HOUR)]).toEqual([0, 1]);
  });
});

describe('a state file', () => {
  it.each([
    '',
    'null',
    '{',
    '[]',
    '{"v":2,"incidents":[],"channels":[]}',
    '{"v":1}',
    '{"v":1,"incidents":[1],"channels":[]}',
  ])('that reads %j counts as empty', (text) => {
    expect(parseState(text)).toEqual(EMPTY);
  });
});
