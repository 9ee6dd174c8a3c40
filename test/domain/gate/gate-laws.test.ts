import fc from 'fast-check';
import { expect, it } from 'vitest';
import { needs, openGate, remaining, settle, type Decision } from '../../../domain/gate/gate.js';
import { holds, play } from './support/law.js';
import { SHIPPED } from './support/machine.js';
import { expectedOf } from './support/oracle.js';
import { EXPIRES, OPENED, story, type Event, type Story } from './support/story.js';

it('comes to the outcome of an oracle that is written another way, for every order of events', () => {
  fc.assert(
    fc.property(story, (told) => holds(SHIPPED, told)),
    { numRuns: 10_000 },
  );
});

it('comes to it in the order of the times as well', () => {
  fc.assert(
    fc.property(story, (told) => holds(SHIPPED, { ...told, events: [...told.events].sort(byTime) })),
    { numRuns: 3_000 },
  );
});

it('is never approved after a denial that counts', () => {
  fc.assert(
    fc.property(story, fc.nat(12), (told, place) => {
      const before = told.events.slice(0, place);
      fc.pre(expectedOf({ ...told, events: before }).kind === 'open');
      const denial = deny(told);
      const outcomes = play(SHIPPED, { ...told, events: [...before, denial, ...told.events.slice(place)] });
      expect(outcomes.at(-1)?.outcome?.kind).toBe('denied');
    }),
    { numRuns: 2_000 },
  );
});

it('settles a whole history as it would have one by one', () => {
  fc.assert(
    fc.property(story, (told) => {
      const spoken = told.events.filter((event) => event.kind === 'spoken');
      const decisions: Decision[] = spoken.map(({ decision }) => decision);
      const last = play(SHIPPED, { ...told, events: spoken }).at(-1) ?? openGate(told.request);
      expect(settle(openGate(told.request), decisions)).toEqual(last);
    }),
    { numRuns: 1_000 },
  );
});

it('says how long and for how many it waits, and neither once it is settled', () => {
  fc.assert(
    fc.property(story, fc.integer({ min: OPENED, max: EXPIRES + 10 }), (told, now) => {
      const gate = play(SHIPPED, told).at(-1) ?? openGate(told.request);
      const open = gate.outcome === null;
      const missing = told.request.rules.quorum - expectedOf(told).people.length;
      expect(remaining(gate, now)).toBe(open && now < EXPIRES ? EXPIRES - now : 0);
      expect(needs(gate)).toMatch(open ? new RegExp(`^${missing} more approvals?$`) : /^no more approvals$/);
    }),
    { numRuns: 1_000 },
  );
});

/** A denial that counts, whatever the rules are. */
function deny({ request }: Story): Event {
  const by = request.rules.approvers[0] ?? 'carol';
  const about = { by, reason: 'no', request: null, at: OPENED, signature: 'good' } as const;
  return { kind: 'spoken', person: 0, decision: { verdict: 'deny', ...about } };
}

function byTime(a: Event, b: Event): number {
  const difference = timeOf(a) - timeOf(b);
  return Number.isNaN(difference) ? 0 : difference;
}

function timeOf(event: Event): number {
  return event.kind === 'spoken' ? event.decision.at : event.now;
}
