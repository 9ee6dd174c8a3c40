// Telegram's Bot API, `sendMessage`, as plain text: with a parse mode, one wrong bracket in a file name refuses the message.
// https://core.telegram.org/bots/api#sendmessage
import { bodyText, headline } from '../../../domain/notify/message.js';
import { clip } from '../../../domain/notify/text.js';
import { jsonRequest, type Format } from './request.js';

/** Longest `text`, UTF-16 code units. */
const LONGEST = 4096;

export const telegram: Format = (message, sender, { url, token, chatId }) => {
  const text = clip(`${headline(message, sender)}\n${bodyText(message, sender)}`, LONGEST);
  const body = { chat_id: chatId ?? '', text, link_preview_options: { is_disabled: true } };
  return jsonRequest(methodUrl(url, token), body);
};

/** People paste `…/bot<token>`, the whole method's URL, or only the API's root beside a token. */
function methodUrl(url: string, token: string | null): string {
  const base = url.replace(/\/+$/, '');
  if (/\/sendMessage$/i.test(base)) return base;
  return /\/bot[^/]+$/.test(base) || token === null
    ? `${base}/sendMessage`
    : `${base}/bot${token}/sendMessage`;
}
