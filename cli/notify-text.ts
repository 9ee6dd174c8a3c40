// How channels and incidents read on a screen. Reasons come from servers of other people, so they are cleaned first.
import type { ChannelView, IncidentView, NotifyView } from '../workers/notify-view.js';
import type { Context } from './definition.js';
import { printable } from './printable.js';

const LONGEST = 160;

/** The screen of `nxs notify list`. */
export function printNotifications(context: Context, { channels, incidents }: NotifyView): void {
  const width = Math.max(...channels.map(({ name }) => name.length));
  context.out('channels');
  for (const each of channels) {
    const line = `  ${oneLine(each.name).padEnd(width)}  ${oneLine(each.kind).padEnd(8)}  ${stateOf(each)}`;
    const colour = each.failed !== null ? 'bad' : each.state === 'not_configured' ? 'dim' : null;
    context.out(colour === null ? line : context.paint(colour, line));
  }
  context.out(incidents.length === 0 ? 'no incident is open' : 'open incidents');
  for (const each of incidents) {
    context.out(`  ${oneLine(each.incident)}  ${each.level}, since ${each.since}, ${toldOf(each)}`);
    context.out(context.paint('dim', `    ${oneLine(`${each.title}: ${each.text}`)}`));
  }
}

function stateOf({ state, note, delivered, failed, held, min_level: level }: ChannelView): string {
  if (state === 'not_configured') return `not configured: ${oneLine(note ?? '')}`;
  const from = level === null || level === 'info' ? '' : `from ${level} on, `;
  const waiting = held === 0 ? '' : `, ${held} held back by the limit`;
  if (failed !== null) {
    const often = failed.times === 1 ? 'failed' : `failed ${failed.times} times, last`;
    return `${from}${often} ${failed.at}: ${oneLine(failed.reason)}${waiting}`;
  }
  const last =
    delivered === null ? 'nothing told yet' : `told ${delivered.at}: ${oneLine(delivered.incident)}`;
  return `${from}${last}${waiting}`;
}

function toldOf({ told }: IncidentView): string {
  if (told.length === 0) return 'nobody was told yet';
  return `told ${told.map(({ channel, times }) => `${oneLine(channel)} ${times === 1 ? 'once' : `${times} times`}`).join(', ')}`;
}

function oneLine(text: string): string {
  return printable(text).replace(/\s+/g, ' ').slice(0, LONGEST);
}
