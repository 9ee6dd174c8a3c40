// One POST to a service of somebody else. It may be dead, slow, moved, or repeat our secrets in its errors; each of these is
// one sentence here and nothing more.
import type { Message, Sender } from '../../domain/notify/message.js';
import { clip, oneLine } from '../../domain/notify/text.js';
import { urlSecrets, scrubber } from './secrets.js';
import { failure, type Channel, type Outcome } from './channel.js';
import { discord } from './formats/discord.js';
import { json } from './formats/json.js';
import { ntfy } from './formats/ntfy.js';
import type { Format, WebhookRequest } from './formats/request.js';
import { slack } from './formats/slack.js';
import { telegram } from './formats/telegram.js';
import { withRetries } from './retry.js';
import type { WebhookSettings } from './settings.js';
import { answerOutcome, unreachable } from './webhook-outcome.js';

const FORMATS: Readonly<Record<WebhookSettings['format'], Format>> = { json, slack, discord, ntfy, telegram };

/** Bytes read of an answer; services explain themselves in the first line. */
const LONGEST_ANSWER = 4096;

export interface WebhookParts {
  readonly sender: Sender;
  readonly fetch: typeof globalThis.fetch;
}

/** A webhook of one of the known shapes. */
export function webhookChannel(settings: WebhookSettings, { sender, fetch }: WebhookParts): Channel {
  const { name, format, url, token, timeout } = settings;
  const secrets = [...urlSecrets(url), ...(token === null ? [] : [token])];
  const scrub = scrubber(secrets);
  return {
    name,
    kind: format,
    limit: timeout,
    secrets,
    deliver(message: Message, signal: AbortSignal) {
      const request = withLogin(FORMATS[format](message, sender, settings));
      if (request === null)
        return Promise.resolve(failure('its `url` cannot be parsed: check it in nxs.yaml'));
      return withRetries((each) => post(fetch, request, scrub, each), { limit: timeout, signal });
    },
  };
}

async function post(
  fetch: typeof globalThis.fetch,
  { url, headers, body }: WebhookRequest,
  scrub: (text: string) => string,
  signal: AbortSignal,
): Promise<Outcome> {
  try {
    // A redirect would carry the message, and its token, to somebody that nobody named.
    const response = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    const text = await beginning(response);
    return answerOutcome(response.status, Object.fromEntries(response.headers), text, (said) =>
      clip(oneLine(scrub(said)), 120),
    );
  } catch (error) {
    return unreachable(error, new URL(url).origin);
  }
}

async function beginning(response: Response): Promise<string> {
  const reader: ReadableStreamDefaultReader<Uint8Array> | undefined = response.body?.getReader();
  if (reader === undefined) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  while (bytes < LONGEST_ANSWER) {
    const { done, value } = await reader.read();
    if (done) break;
    chunks.push(value);
    bytes += value.length;
  }
  await reader.cancel().catch(() => undefined);
  return Buffer.concat(chunks).subarray(0, LONGEST_ANSWER).toString('utf8');
}

/** fetch refuses a URL with a login in it; the same as a header is what its writer meant. Null: no URL at all. */
function withLogin(request: WebhookRequest): WebhookRequest | null {
  if (!URL.canParse(request.url)) return null;
  const url = new URL(request.url);
  if (url.username === '' && url.password === '') return request;
  const login = Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`);
  url.username = '';
  url.password = '';
  const headers = { authorization: `Basic ${login.toString('base64')}`, ...request.headers };
  return { ...request, url: url.href, headers };
}
