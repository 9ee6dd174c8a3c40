// How healing reads on a screen. Causes and outputs come from programs of other people, so they are cleaned first.
import type { Incident } from '../domain/healing/incident.js';
import { isOpen, needsPerson } from '../domain/healing/incident.js';
import type { HealingView } from '../workers/healing/desk.js';
import type { Context } from './definition.js';
import { ageInWords } from './duration.js';
import { printable } from './printable.js';

/** The first lines of `nxs heal list`, and of `nxs status`. */
export function printMonitor(context: Context, { monitor, paused }: HealingView, now: number): void {
  if (monitor.state === 'off')
    context.out(context.paint('dim', 'monitor        off: no control plane runs here'));
  if (monitor.state === 'blind') {
    const age = monitor.at === null ? 'since the start' : `for ${ageInWords(now - Date.parse(monitor.at))}`;
    context.out(context.paint('bad', `monitor        BLIND: nobody has looked ${age}`));
  }
  for (const { subject, detail } of monitor.unseen)
    context.out(context.paint('bad', `monitor        BLIND on ${clean(subject)}: ${clean(detail)}`));
  if (paused !== null)
    context.out(
      context.paint(
        'bad',
        `healing        PAUSED until ${paused.until} by ${clean(paused.by)}: nothing is done`,
      ),
    );
}

/** Its part of `nxs status`. */
export function printHealing(context: Context, view: HealingView, now: number): void {
  printMonitor(context, view, now);
  const open = view.incidents.filter(isOpen);
  const waiting = open.filter(needsPerson).length;
  const words = open.length === 0 ? 'none open' : `${String(open.length)} open`;
  const needs = waiting === 0 ? '' : `, ${String(waiting)} NEED${waiting === 1 ? 'S' : ''} YOU`;
  context.out(`incidents      ${context.paint(open.length === 0 ? 'good' : 'bad', `${words}${needs}`)}`);
  for (const each of open.slice(0, 5)) printIncident(context, each, now);
}

/** What `nxs status --json` has of it; `nxs heal list` has all. */
export function briefOfHealing({ monitor, paused, incidents }: HealingView): object {
  const open = incidents.filter(isOpen);
  return {
    monitor: monitor.state,
    paused_until: paused?.until ?? null,
    open: open.map(({ id, subject, state }) => ({ id, subject, state })),
    needs_person: open.filter(needsPerson).map(({ id }) => id),
  };
}

/** One incident as one line, and what it waits for below it. */
export function printIncident(context: Context, incident: Incident, now: number): void {
  const { id, state, cause, detected, plan, note, summary, asked } = incident;
  const words = summary ?? cause;
  const colour = isOpen(incident) ? 'bad' : state === 'cancelled' ? 'dim' : 'good';
  context.out(`${context.paint(colour, state.padEnd(9))} ${clean(id)}  ${detected}`);
  context.out(context.paint('dim', `          ${clean(words)}`));
  if (asked !== null && plan !== null) {
    const left = timeLeft(asked.expires, now);
    context.out(
      context.paint(
        'bad',
        `          NEEDS YOU: level ${String(plan.level)}, ${clean(plan.action)} on ${clean(plan.target)}, ${left}: nxs heal show ${id}`,
      ),
    );
  } else if (note !== null) context.out(`          ${clean(note)}`);
}

/** The card: all that a person needs to decide. */
export function printCard(context: Context, incident: Incident, link: string | null, now: number): void {
  const { id, subject, kind, state, cause, since, detected, by, plan, asked, note, summary } = incident;
  const rows: [string, string][] = [
    ['incident', id],
    ['state', state],
    ['what', `${kind.replaceAll('_', ' ')}: ${subject}`],
    ['cause', cause],
    ['since', `${since}, detected ${detected}${by === null ? '' : `, triggered by ${by}`}`],
  ];
  if (link !== null) rows.push(['workflow', link]);
  for (const { level, action, how } of incident.tried)
    rows.push(['tried', `level ${String(level)}, ${action}: ${how}`]);
  for (const { level, reason } of incident.skipped)
    rows.push(['skipped', `level ${String(level)}: ${reason}`]);
  if (plan !== null && isOpen(incident)) {
    const wants = asked === null ? 'does' : 'wants to';
    rows.push([wants, `level ${String(plan.level)}, ${plan.action} on ${plan.target} (${plan.permission})`]);
    for (const line of plan.commands) rows.push(['runs', line]);
    rows.push(['downtime', plan.downtime], ['data loss', plan.data_loss], ['plan', plan.plan_hash]);
  }
  if (note !== null) rows.push(['note', note]);
  if (summary !== null) rows.push(['outcome', summary]);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, text] of rows) context.out(`${name.padEnd(width)}  ${clean(text)}`);
  if (asked !== null) {
    const people =
      asked.quorum === 1 ? 'one approval' : `${String(asked.quorum)} approvals by different people`;
    context.out(
      `${'needs'.padEnd(width)}  ${people}; ${timeLeft(asked.expires, now)}; unanswered, nothing is done`,
    );
    context.out('');
    for (const verdict of ['approve', 'deny']) context.out(`nxs ${verdict} ${id} --by NAME --reason TEXT`);
  }
  context.out('');
  for (const { at, text } of incident.log) context.out(`${at}  ${clean(text)}`);
}

function timeLeft(expires: string, now: number): string {
  const left = Date.parse(expires) - now;
  if (left <= 0) return 'time is over';
  const seconds = Math.floor(left / 1000);
  return `${String(Math.floor(seconds / 60))}:${String(seconds % 60).padStart(2, '0')} left`;
}

function clean(text: string): string {
  return printable(text).replace(/\s+/g, ' ').slice(0, 500);
}
