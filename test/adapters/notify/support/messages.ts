import type { Message, Sender } from '../../../../domain/notify/message.js';

const SINCE = Date.UTC(2026, 10, 23, 10);

export const SENDER: Sender = { node: 'home', link: null };

export function message(more: Partial<Message> = {}): Message {
  const incident = more.incident ?? 'backup/run';
  return {
    kind: 'raised',
    incident,
    level: 'warning',
    title: 'backup not green',
    text: 'local: 3 verified, 1 mismatch',
    since: SINCE,
    covers: [{ incident, kind: 'raised', level: 'warning', digest: 'd' }],
    ...more,
  };
}

export const never = new AbortController().signal;
