// The same answer found another way: no state and no steps. Each of the four ends has a place in the story at which it would come;
// the earliest of them is the outcome.
import type { Event, Spoken, Story } from './story.js';

export interface Expected {
  readonly kind: 'approved' | 'denied' | 'expired' | 'withdrawn' | 'open';
  /** People whose approvals count, in their order. */
  readonly people: readonly number[];
  /** Index of the event that ended it; the number of events when none did. */
  readonly end: number;
}

export function expectedOf(story: Story): Expected {
  const { events, request } = story;
  const approvals = events
    .map((event, index) => ({ event, index }))
    .filter(({ event }) => counts(story, event, 'approve'));
  const firsts = approvals.filter(
    ({ event }, place) => approvals.findIndex((other) => personOf(other.event) === personOf(event)) === place,
  );
  const ends = [
    { kind: 'approved', end: firsts[request.rules.quorum - 1]?.index ?? -1 },
    { kind: 'denied', end: events.findIndex((event) => counts(story, event, 'deny')) },
    {
      kind: 'expired',
      end: events.findIndex((event) => event.kind === 'expire' && event.now >= request.expires),
    },
    { kind: 'withdrawn', end: events.findIndex((event) => event.kind === 'withdraw') },
    { kind: 'open', end: events.length },
  ] as const;
  const { kind, end } = ends.filter((each) => each.end >= 0).reduce((a, b) => (b.end < a.end ? b : a));
  return {
    kind,
    end,
    people: firsts.filter(({ index }) => index <= end).map(({ event }) => personOf(event)),
  };
}

/** Is this a decision of that kind which counts while the gate is open? */
export function counts(story: Story, event: Event, verdict: 'approve' | 'deny'): event is Spoken {
  if (event.kind !== 'spoken' || event.person === null || event.decision.verdict !== verdict) return false;
  const { request, listed, asker } = story;
  const { at, signature, request: about } = event.decision;
  const signed = request.rules.requireSignature ? ['good'] : ['good', 'none'];
  return (
    (about ?? request.id) === request.id &&
    request.opened <= at &&
    at < request.expires &&
    (listed.length === 0 || listed.includes(event.person)) &&
    signed.includes(signature) &&
    !(verdict === 'approve' && request.rules.fourEyes && asker === event.person)
  );
}

function personOf(event: Event): number {
  return event.kind === 'spoken' ? (event.person ?? -1) : -1;
}
