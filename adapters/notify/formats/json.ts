// The shape of our own: for n8n, Home Assistant, a script behind a socket. Also what a command reads on its standard input.
// Keys may be added, never renamed.
import { bodyText, headline, type Message, type Sender } from '../../../domain/notify/message.js';
import { jsonRequest, type Format } from './request.js';

/** One message as data; docs/notifications.md has the keys. */
export function noticeJson(message: Message, sender: Sender): Readonly<Record<string, unknown>> {
  const { kind, incident, level, since, covers } = message;
  return {
    version: 1,
    node: sender.node,
    incident,
    state: kind === 'resolved' ? 'resolved' : 'raised',
    kind,
    level,
    title: headline(message, sender),
    text: bodyText(message, { ...sender, link: null }),
    since: new Date(since).toISOString(),
    link: sender.link,
    incidents: covers.map(({ incident: name, kind: how, level: own }) => ({
      incident: name,
      kind: how,
      level: own,
    })),
  };
}

export const json: Format = (message, sender, { url, token }) =>
  jsonRequest(url, noticeJson(message, sender), token);
