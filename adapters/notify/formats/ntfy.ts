// ntfy: the text is the body, the rest are headers. https://docs.ntfy.sh/publish/
import { bodyText, headline, type Message } from '../../../domain/notify/message.js';
import { clip, clipBytes, utf8Length } from '../../../domain/notify/text.js';
import { bearer, type Format } from './request.js';

/** Bytes of a message; a longer one becomes an attachment, which phones do not show. */
const LONGEST = 4096;

/** An encoded word has at most 75 characters (RFC 2047, 2): 45 bytes in Base64 and its frame. */
const WORD = 45;

export const ntfy: Format = (message, sender, { url, token, topic }) => {
  const base = url.replace(/\/+$/, '');
  // The link goes into a header, which the phone opens at a tap.
  const text = bodyText(message, { ...sender, link: null });
  return {
    url: topic === null ? base : `${base}/${encodeURIComponent(topic)}`,
    headers: {
      'content-type': 'text/plain; charset=utf-8',
      title: headerText(headline(message, sender)),
      priority: priorityOf(message),
      tags: tagOf(message),
      ...(sender.link === null ? {} : { click: cardIn(text, sender.link) ?? sender.link }),
      ...bearer(token),
    },
    body: clipBytes(text === '' ? message.title : text, LONGEST),
  };
};

/** A question brings the link of its card: a tap opens that instead of the page, which may want a token. */
function cardIn(text: string, link: string): string | null {
  const card = new URL('/answer/', link).href;
  return text.split('\n').find((line) => line.startsWith(card) && /^[\x21-\x7e]+$/.test(line)) ?? null;
}

function priorityOf({ kind, level }: Message): string {
  if (kind === 'resolved' || kind === 'test') return '3';
  return { info: '2', warning: '4', critical: '5' }[level];
}

function tagOf({ kind, level }: Message): string {
  if (kind === 'resolved') return 'white_check_mark';
  if (kind === 'test') return 'test_tube';
  return { info: 'information_source', warning: 'warning', critical: 'rotating_light' }[level];
}

/** A header is ASCII; other characters go as encoded words (RFC 2047), which ntfy documents to read. */
function headerText(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const words: string[] = [];
  let word = '';
  for (const character of clip(text, 200)) {
    if (utf8Length(word + character) > WORD) {
      words.push(word);
      word = '';
    }
    word += character;
  }
  words.push(word);
  return words.map((each) => `=?UTF-8?B?${Buffer.from(each).toString('base64')}?=`).join(' ');
}
