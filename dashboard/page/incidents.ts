// Incidents: the cards of those that are open, with all that a person needs to decide, and the others as a list.
import { isOpen } from '../../domain/healing/incident.js';
import { html, type SafeHtml, type Value } from '../html.js';
import type { HealingPart } from '../model.js';
import { form, light, linked, section, table, time, whole } from './parts.js';

type Row = Extract<HealingPart, { failed: null }>['incidents'][number];

/** Level 6 overwrites files: its approval has to be typed. */
export const TYPED_LEVEL = 6;
export const TYPED_WORD = 'restore';

const SHOWN = 20;

export function incidentsSection(part: HealingPart, proof: string): SafeHtml {
  return section(
    'incidents',
    'Healing',
    whole(part, ({ monitor, paused, incidents }) => {
      const open = incidents.filter(isOpen);
      const over = incidents.filter((each) => !isOpen(each)).slice(0, SHOWN);
      return html`
        <p>
          ${watching(monitor)}${
            paused === null
              ? null
              : html` ·
                ${light('unknown', html`paused until ${time(paused.until)} by ${paused.by}: nothing is done`)}`
          }
        </p>
        ${monitor.unseen.map((each) => html`<p class="problem">Cannot be seen: ${each}</p>`)}
        ${open.map((each) => card(each, proof))}
        ${open.length === 0 ? html`<p class="soft">No incident is open.</p>` : null}
        ${
          over.length === 0
            ? null
            : html`<details data-key="past">
                <summary>The latest ${over.length} that are over</summary>
                ${past(over, proof)}
              </details>`
        }
      `;
    }),
  );
}

function watching({ state, at }: Extract<HealingPart, { failed: null }>['monitor']): SafeHtml {
  if (state === 'watching') return light('good', 'monitor looks');
  if (state === 'off') return light('unknown', 'monitor is off');
  return light('bad', html`monitor blind since ${time(at, 'the start')}`);
}

function card(each: Row, proof: string): SafeHtml {
  const { asked, plan, cause, since, by, tried, skipped, note } = each;
  const rows: (readonly [string, Value])[] = [
    ['What was seen', html`${cause}, since ${time(since)}${by === null ? null : `, triggered by ${by}`}`],
    ...tried.map(({ level, action, how }) => ['Tried', `level ${String(level)}, ${action}: ${how}`] as const),
    ...skipped.map(({ level, reason }) => ['Not possible', `level ${String(level)}: ${reason}`] as const),
  ];
  if (plan !== null) {
    rows.push(['Next', `level ${String(plan.level)}, ${plan.action} on ${plan.target} (${plan.permission})`]);
    rows.push(['Would run', html`${plan.commands.map((line) => html`<pre>${line}</pre>`)}`]);
    rows.push(['Expected downtime', plan.downtime], ['Data loss', plan.data_loss]);
  }
  if (note !== null) rows.push(['Now', note]);
  if (asked !== null) {
    rows.push(['Unanswered', html`nothing is done at ${time(asked.expires)}`]);
    if (asked.quorum > 1) rows.push(['Needs', `${String(asked.quorum)} approvals by different people`]);
  }
  const title =
    asked === null
      ? each.state
      : html`needs you, <span data-until="${asked.expires}" role="timer">until ${time(asked.expires)}</span>`;
  return html`<article
    class="incident ${asked === null ? '' : 'asks'}"
    data-key="${each.id}"
    aria-labelledby="i-${each.id}"
  >
    <h3 id="i-${each.id}">${light('bad', html`${each.subject}: ${title}`)}</h3>
    <dl>
      ${rows.map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
      <div>
        <dt>Incident</dt>
        <dd>${linked(each.link, each.id)}</dd>
      </div>
    </dl>
    ${asked === null ? null : question(each, asked.request, proof)}
  </article>`;
}

// Enter presses the first button: that must be the one which does nothing to the machine.
function question({ id, plan }: Row, request: string, proof: string): SafeHtml {
  const typed =
    plan?.level === TYPED_LEVEL
      ? html`<label
          >To approve, type <code>${TYPED_WORD}</code>
          <input name="word" autocomplete="off" spellcheck="false"
        /></label>`
      : null;
  return form(
    '/dashboard/decide',
    proof,
    html`<input type="hidden" name="incident" value="${id}" /><input
        type="hidden"
        name="request"
        value="${request}"
      />
      <label>Your name <input name="by" required maxlength="200" autocomplete="name" /></label>
      <label>Reason <input name="reason" required maxlength="2000" autocomplete="off" /></label>
      ${typed}
      <div class="buttons">
        <button name="verdict" value="deny">Deny</button>
        <button name="verdict" value="approve" class="strong">Approve</button>
      </div>`,
    // Words typed for one question are no answer to the next one of the same incident.
    { label: `Decide about ${id}`, key: request },
  );
}

function past(over: readonly Row[], proof: string): SafeHtml {
  return table(
    'Incidents that are over',
    ['Incident', 'When', 'What', 'How it ended', 'Was it right?'],
    over.map((each) => ({
      key: each.id,
      cells: [
        linked(each.link, each.subject),
        time(each.detected),
        each.cause,
        html`${light(each.state === 'cancelled' ? 'unknown' : 'good', each.state)} ${each.summary ?? ''}`,
        form(
          '/dashboard/mark',
          proof,
          html`<input type="hidden" name="incident" value="${each.id}" />
            <button name="label" value="true_positive" class="small">right</button>
            <button name="label" value="false_positive" class="small">false alarm</button>`,
        ),
      ],
    })),
    'none',
  );
}
