// A notice comes in: what is now known of its incident. What follows from it for each channel is in claim.ts.
import type { Notice } from './notice.js';
import type { Incident, NotifyState } from './state.js';
import { cleanText, clip, digestOf, oneLine } from './text.js';

/** An incident that nobody has raised for so long (ms) is forgotten: whoever raised it is gone. */
export const FORGET_AFTER = 14 * 86_400_000;

/** At most so many are kept; the oldest go first. */
const MOST_INCIDENTS = 500;

/** Units kept of a title and of a text; more than any channel shows. */
const LONGEST = { incident: 200, title: 300, text: 8000 } as const;

/**
 * The state after a notice. The very same object when it changes nothing: the end of an incident that is not open.
 * `now` in ms since the epoch.
 */
export function absorb(state: NotifyState, notice: Notice, now: number): NotifyState {
  const name = clip(oneLine(notice.incident), LONGEST.incident);
  const known = state.incidents.find(({ incident }) => incident === name);
  if (notice.state === 'resolved' && known?.state !== 'raised') return state;
  const title = clip(oneLine(notice.title), LONGEST.title);
  const text = clip(cleanText(notice.text), LONGEST.text);
  const again = known?.state === 'raised';
  const next: Incident = {
    incident: name,
    state: notice.state,
    level: notice.level,
    title,
    text,
    digest: digestOf(title, text),
    since: again ? known.since : now,
    renewed: now,
  };
  const rest = state.incidents.filter(({ incident }) => incident !== name);
  return { ...state, incidents: [...rest, next].slice(-MOST_INCIDENTS) };
}

/**
 * Without what nobody needs any more: ends that every channel knows, incidents that nobody has raised for FORGET_AFTER,
 * and channels that are neither in `names` nor were used for as long. The same object when nothing goes.
 */
export function tidied(state: NotifyState, names: readonly string[], now: number): NotifyState {
  const channels = state.channels.filter(
    ({ name, delivered, failed }) =>
      names.includes(name) || now - Math.max(delivered?.at ?? 0, failed?.at ?? 0) < FORGET_AFTER,
  );
  // While somebody delivers, what he tells may not be noted down yet.
  const busy = channels.some(({ lease }) => lease !== null && lease.until > now);
  const needed = new Set(
    channels
      .filter(({ name }) => names.includes(name))
      .flatMap(({ told }) => told.map((each) => each.incident)),
  );
  const incidents = state.incidents.filter(
    ({ incident, state: is, renewed }) =>
      now - renewed < FORGET_AFTER && (is === 'raised' || busy || needed.has(incident)),
  );
  const open = new Set(incidents.map(({ incident }) => incident));
  const trimmed = channels.map((each) =>
    each.told.every(({ incident }) => open.has(incident))
      ? each
      : { ...each, told: each.told.filter(({ incident }) => open.has(incident)) },
  );
  const same =
    incidents.length === state.incidents.length &&
    trimmed.length === state.channels.length &&
    trimmed.every((each, index) => each === state.channels[index]);
  return same ? state : { ...state, incidents, channels: trimmed };
}
