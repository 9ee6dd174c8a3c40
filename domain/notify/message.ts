// What a channel gets to deliver: a notice, a reminder of one, its end, or a word about those that the limit kept back.
import type { NoticeLevel } from './notice.js';
import { clip, oneLine } from './text.js';

export type MessageKind = 'raised' | 'reminder' | 'resolved' | 'summary' | 'test';

/** One incident that a message tells of; what is noted down once it is delivered. */
export interface Covered {
  readonly incident: string;
  readonly kind: 'raised' | 'reminder' | 'resolved';
  readonly level: NoticeLevel;
  readonly digest: string;
}

export interface Message {
  readonly kind: MessageKind;
  /** For a summary HELD_BACK, for a test TEST. */
  readonly incident: string;
  readonly level: NoticeLevel;
  readonly title: string;
  readonly text: string;
  /** ms since the epoch: the incident was raised first then (for a test: now). */
  readonly since: number;
  readonly covers: readonly Covered[];
}

/** Where a message comes from; the same for all of a process. */
export interface Sender {
  readonly node: string;
  /** Page of this node; null when nobody said how people reach it. */
  readonly link: string | null;
}

export const HELD_BACK = 'notify/held-back';
const TEST = 'notify/test';

const LONGEST_TITLE = 200;

const MARKS: Readonly<Record<MessageKind, string>> = {
  raised: '',
  reminder: 'Still: ',
  resolved: 'Resolved: ',
  summary: '',
  test: 'TEST: ',
};

/** `[home] Still: backup not green`: one line, at most 200 characters. */
export function headline({ kind, level, title }: Message, { node }: Pick<Sender, 'node'>): string {
  const urgent = level === 'critical' && kind !== 'resolved' ? 'CRITICAL: ' : '';
  return clip(oneLine(`[${node}] ${urgent}${MARKS[kind]}${title}`), LONGEST_TITLE);
}

/** The text below the headline, with what a person needs to place it. */
export function bodyText({ kind, text, since }: Message, { link }: Pick<Sender, 'link'>): string {
  const lines = [text];
  if (kind === 'reminder') lines.push(`Since ${new Date(since).toISOString()}.`);
  if (link !== null) lines.push(link);
  return lines.filter((line) => line !== '').join('\n');
}

/** The message of `nxs notify test`, which nobody can take for real. `now` in ms. */
export function testMessage(now: number): Message {
  return {
    kind: 'test',
    incident: TEST,
    level: 'info',
    title: 'a test notification',
    text: 'Nothing is wrong: somebody ran `nxs notify test` to see whether this channel works.',
    since: now,
    covers: [],
  };
}
