import { describe, expect, it } from 'vitest';
import { brokenOf, choose, namesOf, seedOf } from '../../drill/choose.js';
import { allParts } from '../../drill/groups.js';
import type { Part } from '../../drill/part.js';
import { randomOf } from '../../drill/kit/random.js';

function part(name: string, ...scenarios: readonly string[]): Part {
  return {
    name,
    scenarios: scenarios.map((each) => ({ name: each, hypothesis: `${each} holds` })),
    open: () => Promise.resolve([]),
  };
}

const PARTS = [part('one', 'a', 'b', 'c'), part('two', 'd')];
const named = (...only: readonly string[]) =>
  choose(PARTS, only).map(({ part: { name }, names }) => [name, ...names]);

describe('what is played', () => {
  it('is everything when nothing is named', () => {
    expect(named()).toEqual([
      ['one', 'a', 'b', 'c'],
      ['two', 'd'],
    ]);
  });

  it('is a whole group, or single scenarios in the order of their group', () => {
    expect(named('two')).toEqual([['two', 'd']]);
    expect(named('c', 'a')).toEqual([['one', 'a', 'c']]);
  });

  it('refuses a name that does not exist and lists those that do', () => {
    expect(() => named('a', 'nope')).toThrow(/no "nope"[\s\S]*one: a, b, c[\s\S]*two: d/);
    expect(() => named('nope')).toThrow(expect.objectContaining({ code: 'USAGE' }));
  });

  it('gives every scenario of the product a name and a hypothesis of its own', () => {
    const all = allParts(Promise.resolve()).flatMap(({ name, scenarios }) => [
      name,
      ...scenarios.map((each) => each.name),
    ]);
    expect(new Set(all).size).toBe(all.length);
    for (const { scenarios } of allParts(Promise.resolve()))
      for (const { hypothesis } of scenarios) expect(hypothesis).toMatch(/^When .+\.$/);
  });
});

describe('options', () => {
  it('takes names between commas', () => {
    expect(namesOf(' a, b,,c ')).toEqual(['a', 'b', 'c']);
    expect(namesOf(undefined)).toEqual([]);
  });

  it('takes a whole number as seed and makes one when none is given', () => {
    expect(seedOf('42', () => 0)).toBe(42);
    expect(seedOf(undefined, () => 0.5)).toBe(500_000);
    for (const bad of ['', '-1', '1.5', 'x', '4294967296'])
      expect(() => seedOf(bad, () => 0)).toThrow(/whole number/);
  });

  it('breaks nothing but the healer', () => {
    expect(brokenOf('healer')).toBe('healer');
    expect(brokenOf(undefined)).toBeNull();
    expect(() => brokenOf('gateway')).toThrow(/only the healer/);
  });
});

describe('chance', () => {
  const numbers = (seed: number, name: string) => Array.from({ length: 5 }, randomOf(seed, name));

  it('is the same for the same seed and group, and another one otherwise', () => {
    expect(numbers(7, 'sync')).toEqual(numbers(7, 'sync'));
    expect(numbers(7, 'sync')).not.toEqual(numbers(8, 'sync'));
    expect(numbers(7, 'sync')).not.toEqual(numbers(7, 'backup'));
  });

  it('lies between 0 and 1 and spreads', () => {
    const many = Array.from({ length: 1000 }, randomOf(1, 'x'));
    expect(many.every((each) => each >= 0 && each < 1)).toBe(true);
    const mean = many.reduce((sum, each) => sum + each, 0) / many.length;
    expect(mean).toBeGreaterThan(0.45);
    expect(mean).toBeLessThan(0.55);
  });
});
