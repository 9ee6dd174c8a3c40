// The card of one question as a page of its own: readable on a telephone, without a script, and with nothing from elsewhere.
import { createHash } from 'node:crypto';
import { escaped } from '../../dashboard/html.js';
import type { Incident } from '../../domain/healing/incident.js';

export interface PageWords {
  /** What became of the last press. */
  readonly note?: string;
  /** It counts: there is nothing left to press. */
  readonly over?: boolean;
}

const STYLE = `
:root { color-scheme: light dark; --line: #8886; --warn: #b45309; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 40rem; margin: 0 auto; padding: 1rem; overflow-wrap: anywhere; }
h1 { font-size: 1.25rem; } dt { font-weight: 600; margin-top: .6rem; } dd { margin: 0; }
pre { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .4rem; padding: .6rem; margin: .2rem 0; }
label { display: block; margin-top: .8rem; font-weight: 600; }
input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem; }
button { font: inherit; font-weight: 600; padding: .7rem 1.4rem; margin: 1rem .6rem 0 0; min-height: 44px; cursor: pointer; }
[role=status] { border-left: .3rem solid var(--warn); padding: .4rem .8rem; }
`;

/** For the content security policy: no other style is taken. */
export const STYLE_HASH = `sha256-${createHash('sha256').update(STYLE).digest('base64')}`;

/** null: there is nothing to show but the note. `now` in ms. */
export function answerPage(
  incident: Incident | null,
  { note, over = false }: PageWords,
  now: number,
): string {
  const title = incident === null ? 'NXS Resilience' : `Approval: ${incident.subject}`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(title)}</h1>`,
    note === undefined ? '' : `<p role="status">${escaped(note)}</p>`,
    incident === null ? '' : card(incident, now),
    incident === null || over ? '' : FORM,
    '</main></body></html>',
  ].join('\n');
}

// Enter presses the first button: that must be the one which does nothing to the machine.
const FORM = `<form method="post">
<label for="by">Your name</label><input id="by" name="by" required maxlength="200" autocomplete="name">
<label for="reason">Reason</label><input id="reason" name="reason" required maxlength="2000" autocomplete="off">
<button name="verdict" value="deny">Deny</button><button name="verdict" value="approve">Approve</button>
</form>`;

function card({ cause, since, tried, skipped, plan, asked, id }: Incident, now: number): string {
  const rows: [string, string][] = [['Cause', `${cause}, since ${since}`]];
  for (const { level, action, how } of tried)
    rows.push(['Tried', `level ${String(level)}, ${action}: ${how}`]);
  for (const { level, reason } of skipped) rows.push(['Not possible', `level ${String(level)}: ${reason}`]);
  if (plan !== null) {
    rows.push(['Asks for', `level ${String(plan.level)}, ${plan.action} on ${plan.target}`]);
    rows.push(['Downtime', plan.downtime], ['Data loss', plan.data_loss]);
  }
  if (asked !== null) {
    const minutes = Math.max(0, Math.ceil((Date.parse(asked.expires) - now) / 60_000));
    rows.push(['Time left', `${String(minutes)} min, until ${asked.expires}; unanswered, nothing is done`]);
    if (asked.quorum > 1) rows.push(['Needs', `${String(asked.quorum)} approvals by different people`]);
  }
  rows.push(['Incident', id]);
  const list = rows.map(([name, text]) => `<dt>${escaped(name)}</dt><dd>${escaped(text)}</dd>`).join('\n');
  const commands = (plan?.commands ?? []).map((line) => `<pre>${escaped(line)}</pre>`).join('\n');
  return `<dl>${list}<dt>Would run</dt><dd>${commands}</dd></dl>`;
}
