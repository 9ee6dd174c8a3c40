// The one line that is read first: the worst thing that is true.
import type { Headline, PageModel } from '../../dashboard/model.js';
import { isOpen, needsPerson } from '../../domain/healing/incident.js';
import { minutes } from '../../domain/kpi/uptime.js';
import { missedOf } from '../../domain/kpi/words.js';

type Seen = Pick<PageModel, 'kpi' | 'providers' | 'backups' | 'sync' | 'healing'>;

/** `now` in ms; `answered`: some provider has answered here at some time, so that none now is news. */
export function headlineOf(seen: Seen, now: number, answered = true): Headline {
  return (
    person(seen) ??
    monitor(seen, now) ??
    providers(seen, answered) ??
    backups(seen) ??
    incidents(seen) ??
    missed(seen) ?? { light: 'good', text: 'Healthy', until: null, anchor: null }
  );
}

function person({ healing, sync }: Seen): Headline | null {
  const waiting = healing.failed === null ? healing.incidents.filter(needsPerson) : [];
  const first = waiting.find(({ asked }) => asked !== null) ?? waiting[0];
  const more = waiting.length > 1 ? `, and ${String(waiting.length - 1)} more` : '';
  if (first?.plan && first.asked !== null) {
    const { action, target } = first.plan;
    return bad(
      `Needs you: ${action.replaceAll('_', ' ')} of ${target}${more}`,
      '#incidents',
      first.asked.expires,
    );
  }
  if (first !== undefined) return bad(`Needs you: ${first.note ?? first.cause}${more}`, '#incidents');
  if (sync.failed === null && sync.questions.length > 0)
    return bad('Needs you: sync waits for an answer', '#sync');
  return null;
}

function monitor({ healing }: Seen, now: number): Headline | null {
  if (healing.failed !== null || healing.monitor.state === 'watching') return null;
  const { at } = healing.monitor;
  const since = at === null ? '' : ` for ${minutes(now - Date.parse(at))}`;
  return bad(`Monitor blind${since}: nobody looks whether this node is well`, '#incidents');
}

function providers({ providers: part }: Seen, answered: boolean): Headline | null {
  if (part.failed !== null) return bad('The providers cannot be seen', '#providers');
  const configured = part.list.filter(({ state }) => state !== 'not_configured');
  if (configured.length === 0)
    return { light: 'unknown', text: 'No provider is configured', until: null, anchor: '#providers' };
  if (configured.some(({ serving }) => serving)) return null;
  return answered
    ? bad('No provider can answer', '#providers')
    : { light: 'unknown', text: 'No provider has answered here yet', until: null, anchor: '#providers' };
}

function backups({ backups: part }: Seen): Headline | null {
  if (part.failed !== null) return bad('The backups cannot be seen', '#backups');
  return part.light === 'bad' ? bad(`Backup: ${part.summary}`, '#backups') : null;
}

function incidents({ healing }: Seen): Headline | null {
  const open = healing.failed === null ? healing.incidents.filter(isOpen) : [];
  if (open.length === 0) return null;
  const text =
    open.length === 1
      ? `Healing: ${open[0]?.cause ?? ''}`
      : `Healing: ${String(open.length)} incidents are open`;
  return { light: 'unknown', text, until: null, anchor: '#incidents' };
}

function missed({ kpi }: Seen): Headline | null {
  const names = missedOf(kpi).map(({ name }) => name.toLowerCase());
  return names.length === 0 ? null : bad(`Missed: ${names.join(', ')}`, '#kpis');
}

function bad(text: string, anchor: string, until: string | null = null): Headline {
  return { light: 'bad', text, until, anchor };
}
