// The channel that cannot fail: a structured line in the worker's log.
import { bodyText, headline, type Message, type Sender } from '../../domain/notify/message.js';
import type { Channel } from './channel.js';

/** The part of a logger that notices need. */
export interface NoticeLog {
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
}

/** Writes messages to the log: a warning for trouble, information for the rest. */
export function logChannel(name: string, log: NoticeLog, sender: Sender): Channel {
  return {
    name,
    kind: 'log',
    limit: 1000,
    secrets: [],
    deliver(message) {
      write(log, message, sender);
      return Promise.resolve({ ok: true });
    },
  };
}

function write(log: NoticeLog, message: Message, sender: Sender): void {
  const { incident, kind, level } = message;
  const fields = { notice: headline(message, sender), incident, kind, level };
  const trouble = kind !== 'resolved' && level !== 'info';
  const text = bodyText(message, { ...sender, link: null });
  if (trouble) log.warn(fields, text);
  else log.info(fields, text);
}
