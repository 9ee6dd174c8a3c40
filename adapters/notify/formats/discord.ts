// Discord's "Execute Webhook". https://discord.com/developers/docs/resources/webhook#execute-webhook
import { bodyText, headline } from '../../../domain/notify/message.js';
import { clip } from '../../../domain/notify/text.js';
import { jsonRequest, type Format } from './request.js';

/** Longest `content`, characters; a longer one is refused as a whole. */
const LONGEST = 2000;

export const discord: Format = (message, sender, { url }) => {
  const content = clip(`${headline(message, sender)}\n${bodyText(message, sender)}`, LONGEST);
  // Nobody is pinged by an `@everyone` that stands in a text.
  return jsonRequest(url, { content, allowed_mentions: { parse: [] } });
};
