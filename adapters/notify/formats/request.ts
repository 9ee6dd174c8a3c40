import type { Message, Sender } from '../../../domain/notify/message.js';
import type { WebhookSettings } from '../settings.js';

/** One POST, ready to be sent. */
export interface WebhookRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Makes the request of one service out of a message. */
export type Format = (message: Message, sender: Sender, settings: WebhookSettings) => WebhookRequest;

/** A JSON body; `token` null: without an Authorization header. */
export function jsonRequest(url: string, body: unknown, token: string | null = null): WebhookRequest {
  const headers = { 'content-type': 'application/json; charset=utf-8', ...bearer(token) };
  return { url, headers, body: JSON.stringify(body) };
}

/** RFC 6750, 2.1. */
export function bearer(token: string | null): Readonly<Record<string, string>> {
  return token === null ? {} : { authorization: `Bearer ${token}` };
}
