// One incident as the journal of a plane tells it.
import type { JournalEvent } from '../../domain/journal.js';
import type { Plane, Times } from '../scenario.js';
import { lookFor } from './look.js';

type Fits = (data: JournalEvent['data']) => boolean;

export interface Story {
  /** null: there is no incident. */
  readonly id: string | null;
  /** Its events, oldest first. */
  readonly events: readonly JournalEvent[];
}

/** The first incident of that kind or subject that was detected since then. */
export async function storyOf(plane: Plane, about: Fits, since: number): Promise<Story> {
  const all = await plane.journal(['healing.']);
  const first = all.find(
    ({ type, at, data }) => type === 'healing.detected' && Date.parse(at) >= since && about(data),
  );
  if (first === undefined) return { id: null, events: [] };
  const id = String(first.data['incident']);
  return { id, events: all.filter(({ data }) => data['incident'] === id) };
}

export function ofSubject(subject: string): Fits {
  return (data) => data['subject'] === subject;
}

/** The first event of a type that fits. */
export function eventIn({ events }: Story, type: string, fits: Fits = () => true): JournalEvent | null {
  return events.find((each) => each.type === type && fits(each.data)) ?? null;
}

/** ms since the epoch. */
function timeIn(story: Story, type: string, fits?: Fits): number | null {
  const event = eventIn(story, type, fits);
  return event === null ? null : Date.parse(event.at);
}

/** Acts that came to an end, whatever it was. */
export function actsIn({ events }: Story): readonly JournalEvent[] {
  return events.filter(({ type, data }) => type === 'healing.acted' && data['status'] !== 'started');
}

/** Waits for an event of the incident; null: it did not come. */
export async function comes(
  plane: Plane,
  about: Fits,
  since: number,
  within: number,
  [type, fits]: readonly [type: string, fits?: Fits],
): Promise<JournalEvent | null> {
  return lookFor(within, async () => eventIn(await storyOf(plane, about, since), type, fits));
}

/** What the journal knows; that it is well again is seen by the scenario. */
export function timesOf(story: Story, fault: number, verified: number | null): Times {
  const acted = actsIn(story)[0];
  return {
    fault,
    detected: timeIn(story, 'healing.detected'),
    decided: timeIn(story, 'healing.decided'),
    acted: acted === undefined ? null : Date.parse(acted.at),
    verified,
  };
}
