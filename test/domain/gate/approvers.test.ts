import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countPeople, findApprover, sameName, type Approver } from '../../../domain/gate/approvers.js';

const BLANKS = [' ', '\t', '\n', '\u00a0', '\u2003', '\ufeff'] as const;
const blank = fc.array(fc.constantFrom(...BLANKS), { maxLength: 4 }).map((parts) => parts.join(''));
const any = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    'carol',
    'CAROL',
    ' Carol',
    'Zoë',
    'Zoe\u0308',
    'İ',
    'ı',
    'ſ',
    'ß',
    'SS',
    'Σ',
    'ς',
    'ﬁ',
    '',
    ' ',
  ),
);
const name = any.filter((text) => text.trim() !== '');
/** Names as people have them: letters of Latin, Greek and Cyrillic, with accents. */
const letters = fc
  .array(fc.constantFrom(...'abcxyzßàéîõüñçøåœαβγδεωςσάéабвгдежщюяё .-'.split('')), {
    minLength: 1,
    maxLength: 12,
  })
  .map((parts) => parts.join(''))
  .filter((text) => text.trim() !== '');

describe('two names', () => {
  it('are one person for themselves, whichever comes first, and through a third', () => {
    fc.assert(
      fc.property(name, any, any, (a, b, c) => {
        expect(sameName(a, a)).toBe(true);
        expect(sameName(a, b)).toBe(sameName(b, a));
        if (sameName(a, b) && sameName(b, c)) expect(sameName(a, c)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are one person with other case, outer blanks, and the other form of an accent', () => {
    fc.assert(
      fc.property(letters, blank, blank, (a, before, after) => {
        for (const written of [
          a.toUpperCase(),
          a.toLowerCase(),
          a.normalize('NFC'),
          a.normalize('NFD'),
          a.toUpperCase().normalize('NFD'),
          before + a + after,
        ])
          expect(sameName(a, written), written).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('are one person with blanks round any name at all', () => {
    fc.assert(fc.property(name, blank, blank, (a, before, after) => sameName(a, before + a + after)));
  });

  it('are two for any other letter, an inner blank, or a mark more', () => {
    const plain = fc.stringMatching(/^[a-z]{1,10}$/);
    fc.assert(
      fc.property(plain, plain, (a, b) => {
        expect(sameName(a, b)).toBe(a === b);
        expect(sameName(a, `${a}x`)).toBe(false);
        expect(sameName(`${a} ${b}`, a + b)).toBe(false);
      }),
    );
    for (const [a, b] of [
      ['Zoe', 'Zoë'],
      ['carol', 'car0l'],
      // Cyrillic.
      ['carol', 'c\u0430rol'],
      ['carol', 'carol\u200b'],
      ['carol', 'dave'],
    ] as const)
      expect(sameName(a, b), b).toBe(false);
  });

  it('are nobody when one of them is blank', () => {
    fc.assert(
      fc.property(any, blank, (a, nobody) => {
        expect(sameName(a, nobody)).toBe(false);
        expect(sameName(nobody, a)).toBe(false);
        expect(sameName(nobody, nobody)).toBe(false);
      }),
    );
  });
});

describe('an approver', () => {
  const LIST: readonly Approver[] = [
    'Carol',
    { name: 'Dave', key: 'ed25519:x' },
    { name: 'carol', key: 'k' },
    { name: 'Eve' },
  ];

  it('is the first of that name, as the configuration spells it, with its key', () => {
    expect(findApprover(LIST, ' CAROL ')).toEqual({ name: 'Carol', key: null });
    expect(findApprover(LIST, 'dave')).toEqual({ name: 'Dave', key: 'ed25519:x' });
    expect(findApprover(LIST, 'eve')).toEqual({ name: 'Eve', key: null });
  });

  it('is nobody who is not on the list, and nobody without a name', () => {
    for (const by of ['mallory', 'caro', '', ' ', 'constructor', '__proto__'])
      expect(findApprover(LIST, by), by).toBeNull();
    expect(findApprover(['', ' '], '')).toBeNull();
    expect(findApprover([], 'carol')).toBeNull();
  });

  it('is found exactly when one of the list has that name', () => {
    fc.assert(
      fc.property(fc.array(any, { maxLength: 5 }), any, (list, by) => {
        const wanted = list.find((each) => sameName(each, by));
        expect(findApprover(list, by)).toEqual(wanted === undefined ? null : { name: wanted, key: null });
      }),
      { numRuns: 1_000 },
    );
  });
});

it('counts people: as many as there are names of which no two mean one', () => {
  expect(countPeople([])).toBe(0);
  expect(countPeople(['carol', ' CAROL', '', ' ', 'Zoë', 'zoe\u0308', 'dave'])).toBe(3);
  fc.assert(
    fc.property(fc.array(any, { maxLength: 8 }), (list) => {
      const people = list.filter(
        (each, index) => each.trim() !== '' && !list.slice(0, index).some((before) => sameName(before, each)),
      );
      expect(countPeople(list)).toBe(people.length);
    }),
    { numRuns: 1_000 },
  );
});
