import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderView } from '../../../gateway/view.js';
import { lookAtProviders } from '../../../workers/healing/doctor-parts.js';
import { health, provider, view } from './views.js';

const ALL = () => true;
const first = (more: Partial<ProviderView> = {}) => provider('first', { priority: 1, ...more });
const second = (more: Partial<ProviderView> = {}) => provider('second', { priority: 2, ...more });
const OUT = { state: 'open', reason: 'refused' } as const;

describe('the providers', () => {
  it('are well while the first one can be asked', () => {
    const reading = { state: 'good', detail: 'first is asked first', value: 0 };
    expect(lookAtProviders(view([second(), first()]), ALL)).toEqual({ other: true, reading });
    // Half open: it is being tried.
    expect(lookAtProviders(view([first({ state: 'half_open' })]), ALL)).toEqual({ other: false, reading });
  });

  it('are bad when the first one is out, with the reason, and how many are', () => {
    expect(lookAtProviders(view([second(), first(OUT)]), ALL)).toEqual({
      other: true,
      reading: { state: 'bad', detail: 'first is out (refused)', value: 1 },
    });
    expect(lookAtProviders(view([first({ state: 'open' }), second(OUT)]), ALL)).toEqual({
      other: false,
      reading: { state: 'bad', detail: 'first is out', value: 2 },
    });
  });

  it('are well when another one is out: nobody asks it first', () => {
    expect(lookAtProviders(view([first(), second(OUT)]), ALL)).toEqual({
      other: false,
      reading: { state: 'good', detail: 'first is asked first', value: 1 },
    });
  });

  it('are as well as the one that was switched to', () => {
    expect(lookAtProviders(view([first(OUT), second()], 'second'), ALL).reading).toEqual({
      state: 'good',
      detail: 'second is asked first',
      value: 1,
    });
    expect(lookAtProviders(view([first(), second(OUT)], 'second'), ALL).reading).toMatchObject({
      state: 'bad',
      detail: 'second is out (refused)',
    });
    expect(lookAtProviders(view([first(OUT), second()], 'nobody'), ALL).reading).toMatchObject({
      state: 'bad',
      detail: 'first is out (refused)',
    });
  });

  it('are none of which anything is known, before one has answered, or without keys', () => {
    const nothing = { other: false, reading: null };
    expect(lookAtProviders(view([]), ALL)).toEqual(nothing);
    expect(lookAtProviders(view([first(OUT), second()]), () => false)).toEqual(nothing);
    expect(lookAtProviders(view([first({ state: 'not_configured' })]), ALL)).toEqual(nothing);
  });

  it('count without those that never answered here, or have no keys', () => {
    const answered = (name: string) => name === 'second';
    expect(lookAtProviders(view([first(OUT), second()]), answered)).toEqual({
      other: false,
      reading: { state: 'good', detail: 'second is asked first', value: 0 },
    });
    const absent = first({ state: 'not_configured' });
    expect(lookAtProviders(view([absent, second(OUT)]), ALL).reading).toMatchObject({
      state: 'bad',
      detail: 'second is out (refused)',
    });
  });
});

describe('another provider', () => {
  it.each([
    ['closed', null, true],
    ['closed', 'good', true],
    ['closed', 'unknown', true],
    ['closed', 'bad', false],
    ['half_open', 'good', false],
    ['open', 'good', false],
    ['not_configured', null, false],
  ] as const)('that is %s with health %s can be switched to: %s', (state, its, other) => {
    const look = lookAtProviders(view([first(OUT), second({ state, health: its && health(its) })]), ALL);
    expect(look.other).toBe(other);
    expect(look.reading?.state).toBe('bad');
  });
});

it('says the same in whatever order they come', () => {
  const state = fc.constantFrom('closed', 'open', 'half_open', 'not_configured' as const);
  const one = fc.record({
    state,
    health: fc.constantFrom(null, health('good'), health('bad'), health('unknown')),
    reason: fc.constantFrom(null, 'refused'),
  });
  fc.assert(
    fc.property(
      fc.array(one, { maxLength: 5 }),
      fc.nat(5),
      fc.subarray([0, 1, 2, 3, 4]),
      fc.infiniteStream(fc.nat()),
      (ones, switched, known, dice) => {
        const providers = ones.map((each, index) => provider(`p${index}`, { ...each, priority: index }));
        const to = switched < ones.length ? `p${switched}` : null;
        const answered = (name: string) => known.includes(Number(name.slice(1)));
        const look = lookAtProviders(view(providers, to), answered);
        const shuffled = providers
          .map((each) => ({ each, rank: dice.next().value }))
          .sort((a, b) => a.rank - b.rank)
          .map(({ each }) => each);
        expect(lookAtProviders(view(shuffled, to), answered)).toEqual(look);
        const usable = providers.filter((each) => answered(each.name) && each.state !== 'not_configured');
        const switchedTo = providers.find(({ name }) => name === to);
        const asked = usable.length === 0 ? undefined : (switchedTo ?? usable[0]);
        expect(look.reading?.state ?? null).toBe(
          asked === undefined ? null : asked.state === 'open' ? 'bad' : 'good',
        );
        expect(look.reading?.value ?? 0).toBe(usable.filter((each) => each.state === 'open').length);
      },
    ),
    { numRuns: 500 },
  );
});

it('is well when a person switched to one that has not answered yet', () => {
  const look = lookAtProviders(view([first(OUT), second()], 'second'), (name) => name === 'first');
  expect(look.reading?.state).toBe('good');
});
