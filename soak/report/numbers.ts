// What was done during a soak, in numbers.
import type { JournalEvent } from '../../domain/journal.js';
import type { CallSeen } from '../checks/gateway.js';
import type { LoadCounts } from '../load/load.js';

export interface Counted {
  readonly calls: readonly CallSeen[];
  readonly contents: number;
  readonly load: LoadCounts;
  /** Of both journals. */
  readonly events: readonly JournalEvent[];
  readonly skipped: number;
}

export function numbersOf({
  calls,
  contents,
  load,
  events,
  skipped,
}: Counted): Readonly<Record<string, number>> {
  const count = (type: string, fits: (data: JournalEvent['data']) => boolean = () => true) =>
    events.filter((event) => event.type === type && fits(event.data)).length;
  const written = (key: keyof LoadCounts['writes'][number]) =>
    load.writes.reduce((sum, each) => sum + each[key], 0);
  const seen = (key: keyof LoadCounts['looks'][number]) =>
    load.looks.reduce((sum, each) => sum + each[key], 0);
  const answered = calls.filter(({ ok }) => ok).length;
  return {
    'calls of the direct lane': calls.filter(({ lane }) => lane === 'direct').length,
    'calls of the durable lane': calls.filter(({ lane }) => lane === 'durable').length,
    'calls answered': answered,
    'calls without an answer (no provider, front away, cut stream)': calls.length - answered,
    'contents written': contents,
    'files made': written('created'),
    'files changed': written('changed'),
    'entries added to a log': written('appended'),
    'files removed': written('removed'),
    'writes put off until the content before was kept': written('spared'),
    'questions of sync answered': load.decided,
    'backup runs': count('backup.finished'),
    'backup runs that were green': count('backup.finished', ({ outcome }) => outcome === 'green'),
    verifications: count('backup.verified'),
    'restore drills': count('backup.drilled'),
    'sync cycles that moved something': count('sync.finished'),
    'merges that some version lost': events
      .filter(({ type }) => type === 'sync.finished')
      .reduce((sum, { data }) => sum + Number(data['conflicts']), 0),
    failovers: count('provider.failover'),
    incidents: count('healing.detected'),
    acts: count('healing.acted', ({ status }) => status === 'started'),
    'answers of people': count('healing.answered'),
    'pages, scrapes and API calls': seen('answers') + seen('failures'),
    'streams of the page': seen('streams'),
    'faults passed over (what they hit was away or still ill)': skipped,
  };
}
