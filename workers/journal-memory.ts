// What the front remembers of the journal: each event is read once, so a page costs the same after a day and after a year.
import path from 'node:path';
import { journalMark } from '../adapters/journal/files.js';
import type { Config } from '../config/types.js';
import { incidentsOf, type Incident } from '../domain/healing/incident.js';
import { pastOf, type PastOf } from '../domain/healing/past.js';
import type { JournalEvent } from '../domain/journal.js';
import { openKpis, type Kpis } from '../domain/kpi/projection.js';
import { openTail, type JournalTail } from './journal-tail.js';
import { BEFORE, LONGEST } from './kpi/view.js';

export interface Memory {
  readonly kpis: Kpis;
  /** Newest first. */
  incidents(): readonly Incident[];
  /** See domain/healing/past.ts. */
  past(now: number): PastOf;
  /** The latest events of these types (or that begin so) since then (ms), newest first. */
  latest(types: readonly string[], since: number, limit: number): readonly JournalEvent[];
}

export interface JournalMemory {
  /** With all that has been written by now. Rejects when the disk does. */
  current(now: number): Promise<Memory>;
  /** Changes with each event that is written. */
  mark(): Promise<string>;
}

const DAY = 24 * 3_600_000;
/** Events that happen all the time and that no list shows. */
const SILENT = ['uptime.measured'];

export function openJournalMemory({ stateDir }: Pick<Config, 'stateDir'>): JournalMemory {
  const dir = path.join(stateDir, 'journal');
  let kept: { readonly built: number; readonly memory: Memory; readonly tail: JournalTail } | null = null;

  async function current(now: number): Promise<Memory> {
    // Built anew once a day, so that what is too old to be asked for is forgotten.
    if (kept === null || Math.abs(now - kept.built) > DAY) {
      const { memory, take } = openMemory();
      kept = { built: now, memory, tail: openTail(dir, now - LONGEST - BEFORE, take) };
    }
    const { memory, tail } = kept;
    await tail.catchUp();
    return memory;
  }

  return {
    current,
    mark: () => journalMark(dir),
  };
}

function openMemory(): { readonly memory: Memory; readonly take: (event: JournalEvent) => void } {
  const kpis = openKpis();
  const healing: JournalEvent[] = [];
  const events: JournalEvent[] = [];
  let folded: { readonly length: number; readonly incidents: readonly Incident[] } | null = null;
  return {
    take(event) {
      kpis.add(event);
      if (event.type.startsWith('healing.')) healing.push(event);
      if (!SILENT.includes(event.type)) events.push(event);
    },
    memory: {
      kpis,
      incidents() {
        if (folded?.length !== healing.length)
          folded = { length: healing.length, incidents: [...incidentsOf(healing)].reverse() };
        return folded.incidents;
      },
      past: (now) => pastOf(healing, now),
      latest(types, since, limit) {
        const found: JournalEvent[] = [];
        const from = new Date(since).toISOString();
        for (let index = events.length - 1; index >= 0 && found.length < limit; index -= 1) {
          const event = events[index];
          // An event may be written long after its own time; nothing is written a day after it.
          if (event === undefined || Date.parse(event.at) < since - DAY) break;
          if (event.at < from) continue;
          if (types.length === 0 || types.some((type) => event.type.startsWith(type))) found.push(event);
        }
        return found;
      },
    },
  };
}
