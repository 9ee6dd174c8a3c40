// Stories of a gate. Who speaks is known here as a number, and the name is one of several spellings: so the oracle can tell people
// apart without comparing names.
import fc from 'fast-check';
import type { Decision, GateRequest } from '../../../../domain/gate/gate.js';

export const OPENED = 1_000;
export const EXPIRES = 2_000;

/** Spellings of one person in a row; the first is the one in the configuration. Nobody is the person null. */
const PEOPLE = [
  ['ann', 'Ann', ' ANN\t'],
  ['José', 'jose\u0301', 'JOSÉ '],
  ['bob', 'BOB', 'bob\n'],
  ['strasse', 'STRASSE', 'straße'],
] as const;
const BLANKS = ['', ' ', '\t\n'] as const;

export interface Spoken {
  readonly kind: 'spoken';
  /** Index of the person; null: nobody. */
  readonly person: number | null;
  readonly decision: Decision;
}

export type Event =
  | Spoken
  | { readonly kind: 'expire'; readonly now: number }
  | { readonly kind: 'withdraw'; readonly now: number; readonly reason: string };

export interface Story {
  readonly request: GateRequest;
  /** People on the list; empty: any name. */
  readonly listed: readonly number[];
  /** Who asked; null: the monitor. */
  readonly asker: number | null;
  readonly events: readonly Event[];
}

const anyone = fc.integer({ min: 0, max: PEOPLE.length - 1 });
const spelling = fc.integer({ min: 0, max: 2 });

const moment = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: OPENED, max: EXPIRES - 1 }) },
  { weight: 3, arbitrary: fc.constantFrom(OPENED - 1, OPENED, EXPIRES - 1, EXPIRES, EXPIRES + 1) },
  { weight: 1, arbitrary: fc.constantFrom(0, -5, Number.NaN, Number.POSITIVE_INFINITY) },
);

const spoken: fc.Arbitrary<Event> = fc
  .record({
    person: fc.option(anyone, { freq: 12 }),
    spelling,
    verdict: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'deny' as const),
    request: fc.constantFrom(null, null, 'r1', 'r1', 'r1', 'r0'),
    at: moment,
    signature: fc.constantFrom(
      'good' as const,
      'good' as const,
      'good' as const,
      'none' as const,
      'bad' as const,
    ),
    reason: fc.constantFrom('', 'looks right'),
  })
  .map(({ person, spelling: which, ...said }) => ({
    kind: 'spoken',
    person,
    decision: { ...said, by: person === null ? BLANKS[which]! : PEOPLE[person]![which]! },
  }));

const event: fc.Arbitrary<Event> = fc.oneof(
  { weight: 16, arbitrary: spoken },
  { weight: 1, arbitrary: moment.map((now): Event => ({ kind: 'expire', now })) },
  {
    weight: 1,
    arbitrary: moment.map((now): Event => ({ kind: 'withdraw', now, reason: 'healed by itself' })),
  },
);

export const story: fc.Arbitrary<Story> = fc
  .record({
    listed: fc.uniqueArray(anyone, { maxLength: PEOPLE.length }),
    asker: fc.option(anyone, { freq: 3 }),
    askerSpelling: spelling,
    quorum: fc.integer({ min: 1, max: 3 }),
    requireSignature: fc.boolean(),
    fourEyes: fc.boolean(),
    events: fc.array(event, { maxLength: 12 }),
  })
  .map(({ listed, asker, askerSpelling, quorum, requireSignature, fourEyes, events }) => {
    const approvers = listed.map((person) => PEOPLE[person]![0]);
    const rules = { approvers, quorum, requireSignature, fourEyes, expiresAfter: 1_000 };
    const askedBy = asker === null ? null : PEOPLE[asker]![askerSpelling]!;
    const request = { id: 'r1', planHash: 'abc', opened: OPENED, expires: EXPIRES, rules, askedBy };
    return { request, listed, asker, events };
  });
