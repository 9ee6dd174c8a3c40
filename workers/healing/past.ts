// Healing's part of the journal, for the worker, the front and the commands.
import path from 'node:path';
import { journalMark } from '../../adapters/journal/files.js';
import { readJournal } from '../../adapters/journal/read.js';
import type { Config } from '../../config/types.js';
import { pastOf, PAST_SPAN, type PastOf } from '../../domain/healing/past.js';
import type { JournalEvent } from '../../domain/journal.js';

type Place = Pick<Config, 'stateDir'>;

/** ms: an incident that began before is not looked for. */
export const INCIDENT_SPAN = 30 * 24 * 3_600_000;

/** Events of healing at or after `since` (ms), oldest first. */
export async function healingEvents(place: Place, since: number): Promise<readonly JournalEvent[]> {
  const events: JournalEvent[] = [];
  for await (const event of readJournal(journalDir(place), { since, types: ['healing.'] }))
    events.push(event);
  return events;
}

/** The past as of now. Asked every few seconds while something is wrong, so the journal is read again only when it has grown. */
export function openPast(place: Place): () => Promise<PastOf> {
  let kept: { readonly mark: string; readonly events: readonly JournalEvent[] } | null = null;
  return async () => {
    const now = Date.now();
    const mark = await journalMark(journalDir(place));
    if (kept?.mark !== mark) kept = { mark, events: await healingEvents(place, now - PAST_SPAN) };
    return pastOf(kept.events, now);
  };
}

function journalDir({ stateDir }: Place): string {
  return path.join(stateDir, 'journal');
}
