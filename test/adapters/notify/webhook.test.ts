import { afterEach, describe, expect, it } from 'vitest';
import { openNet } from '../../../adapters/net/fetch.js';
import type { WebhookSettings } from '../../../adapters/notify/settings.js';
import { webhookChannel } from '../../../adapters/notify/webhook.js';
import type { Message, Sender } from '../../../domain/notify/message.js';
import { message, never, SENDER } from './support/messages.js';
import { deadUrl, startService, type Service } from './support/server.js';

const SECRET = 'T0KenThatNobodyMaySee0000';

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function service(...args: Parameters<typeof startService>): Promise<Service> {
  const started = await startService(...args);
  ends.push(() => started.close());
  return started;
}

function channel(url: string, more: Partial<WebhookSettings> = {}, sender: Sender = SENDER) {
  const net = openNet({ env: {}, silence: 30_000 });
  ends.push(() => net.close());
  const settings: WebhookSettings = {
    type: 'webhook',
    name: 'hook',
    format: 'json',
    url,
    token: null,
    chatId: null,
    topic: null,
    timeout: 10_000,
    ...more,
  };
  return webhookChannel(settings, { sender, fetch: net.fetch });
}

/** What the service heard of one message. */
async function heard(
  more: Partial<WebhookSettings>,
  path = '/hook',
  what: Message = message(),
  sender = SENDER,
) {
  const { url, asked } = await service(() => ({ body: 'ok' }));
  const outcome = await channel(url + path, more, sender).deliver(what, never);
  expect(outcome).toEqual({ ok: true });
  const one = asked[0]!;
  return { ...one, json: () => JSON.parse(one.body) as Record<string, unknown> };
}

const WILD = message({ title: 'ill\r\nBcc: eve', text: `<!channel> @everyone & ${'🙂'.repeat(5000)}` });

describe('a webhook of format', () => {
  it('json POSTs the notice as data, with the token', async () => {
    const sender = { node: 'home', link: 'https://nxs.test/' };
    const { method, headers, json } = await heard({ token: SECRET }, '/x', message(), sender);
    expect([method, headers['content-type'], headers.authorization]).toEqual([
      'POST',
      'application/json; charset=utf-8',
      `Bearer ${SECRET}`,
    ]);
    expect(json()).toEqual({
      version: 1,
      node: 'home',
      incident: 'backup/run',
      state: 'raised',
      kind: 'raised',
      level: 'warning',
      title: '[home] backup not green',
      text: 'local: 3 verified, 1 mismatch',
      since: '2026-11-23T10:00:00.000Z',
      link: 'https://nxs.test/',
      incidents: [{ incident: 'backup/run', kind: 'raised', level: 'warning' }],
    });
  });

  it('slack sends {text}, with the characters escaped that mean something there', async () => {
    const plain = await heard({ format: 'slack', token: SECRET }, '/services/T/B/x');
    expect(plain.headers.authorization).toBeUndefined();
    expect(plain.json()).toEqual({
      text: '[home] backup not green\nlocal: 3 verified, 1 mismatch',
      mrkdwn: false,
    });
    const text = String((await heard({ format: 'slack' }, '/x', WILD)).json()['text']);
    expect(text.startsWith('[home] ill Bcc: eve\n&lt;!channel&gt; @everyone &amp; 🙂')).toBe(true);
    expect(text.length).toBeLessThan(4000);
  });

  it('discord sends {content} of at most 2000 characters, and nobody is mentioned', async () => {
    expect((await heard({ format: 'discord' })).json()).toEqual({
      content: '[home] backup not green\nlocal: 3 verified, 1 mismatch',
      allowed_mentions: { parse: [] },
    });
    const content = String((await heard({ format: 'discord' }, '/x', WILD)).json()['content']);
    expect(content.length).toBeLessThanOrEqual(2000);
    expect(content.length).toBeGreaterThan(1990);
    expect(content).not.toMatch(/\p{Surrogate}/u);
  });

  it.each([
    ['/bot1:AA/sendMessage', null, '/bot1:AA/sendMessage'],
    ['/bot1:AA', null, '/bot1:AA/sendMessage'],
    ['/', '1:AA', '/bot1:AA/sendMessage'],
  ])('telegram calls sendMessage (%s with token %s)', async (path, token, expected) => {
    const said = await heard({ format: 'telegram', chatId: '-100', token }, path);
    expect([said.path, said.headers.authorization]).toEqual([expected, undefined]);
    expect(said.json()).toEqual({
      chat_id: '-100',
      text: '[home] backup not green\nlocal: 3 verified, 1 mismatch',
      link_preview_options: { is_disabled: true },
    });
  });

  it('telegram sends at most 4096 units, and believes the answer rather than its status', async () => {
    const { json } = await heard({ format: 'telegram', chatId: '1' }, '/bot1', WILD);
    expect(String(json()['text']).length).toBeLessThanOrEqual(4096);
    const body = JSON.stringify({ ok: false, description: 'Bad Request: chat not found' });
    const { url } = await service(() => ({ body }));
    const outcome = await channel(`${url}/bot1`, { format: 'telegram', chatId: '1' }).deliver(
      message(),
      never,
    );
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('chat not found') as string });
  });

  it('ntfy sends the text, and the rest as headers', async () => {
    const sender = { node: 'home', link: 'https://nxs.test/' };
    const said = await heard({ format: 'ntfy', token: SECRET }, '/my-nxs', message(), sender);
    const { title, priority, tags, click, authorization } = said.headers;
    expect([said.method, said.path, said.body]).toEqual(['POST', '/my-nxs', 'local: 3 verified, 1 mismatch']);
    expect([title, priority, tags, click, authorization]).toEqual([
      '[home] backup not green',
      '4',
      'warning',
      'https://nxs.test/',
      `Bearer ${SECRET}`,
    ]);
    expect((await heard({ format: 'ntfy', topic: 'a b' }, '')).path).toBe('/a%20b');
  });

  it('ntfy opens the card of a question at a tap, and nothing that only looks like it', async () => {
    const sender = { node: 'home', link: 'https://nxs.test/' };
    const tapOf = async (text: string): Promise<unknown> =>
      (await heard({ format: 'ntfy' }, '/t', message({ text }), sender)).headers['click'];
    const card = 'https://nxs.test/answer/service-web/abc-_1';
    expect(await tapOf(`needs your approval\nnxs approve …\n${card}`)).toBe(card);
    expect(await tapOf(`https://elsewhere.test/answer/x\n${card}\u00e9`)).toBe('https://nxs.test/');
  });

  it('ntfy keeps other alphabets whole in its title, lets no header in, and stays below an attachment', async () => {
    const what = message({
      title: `Größe: Überlauf 🙂 ${'я'.repeat(60)}\r\nX-Evil: 1`,
      text: '🙂'.repeat(3000),
    });
    const { headers, body } = await heard({ format: 'ntfy' }, '/t', what);
    const words = String(headers['title']).split(' ');
    const decoded = words.map((word) => {
      expect(word.length).toBeLessThanOrEqual(75);
      return Buffer.from(/^=\?UTF-8\?B\?(.*)\?=$/.exec(word)![1]!, 'base64').toString();
    });
    expect(decoded.join('')).toBe(`[home] Größe: Überlauf 🙂 ${'я'.repeat(60)} X-Evil: 1`);
    expect(headers['x-evil']).toBeUndefined();
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4096);
  });

  it('any sends the login of a URL as a header', async () => {
    const { url, asked } = await service();
    await channel(url.replace('//', '//me:p%40ss@'), { format: 'ntfy' }).deliver(message(), never);
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from('me:p@ss').toString('base64')}`);
  });
});

describe('a service that', () => {
  const says = async (status: number, body = '', headers: Record<string, string> = {}) => {
    const started = await service(() => ({ status, body, headers }));
    const outcome = await channel(`${started.url}/hooks/${SECRET}`).deliver(message(), never);
    if (outcome.ok) throw new Error('it went well');
    expect(outcome.reason).not.toContain(SECRET);
    return { ...outcome, tries: started.asked.length };
  };

  it.each([
    [301, 'redirects to another address (301)'],
    [400, 'does not take the message (400): check `format`'],
    [401, 'refuses us (401): check the token'],
    [404, 'knows no such webhook (404): check the `url`'],
  ])('answers %i is asked once, and the reason says what to mend', async (status, reason) => {
    const outcome = await says(status, '', { location: 'http://127.0.0.1:1/elsewhere' });
    expect(outcome.reason).toContain(reason);
    expect(outcome.tries).toBe(1);
  });

  it('is not well is asked three times', async () => {
    const outcome = await says(503, '<html>gateway</html>');
    expect(outcome).toMatchObject({ transient: true, tries: 3, reason: 'the service is not well (503)' });
  });

  it('wants us to wait for long is left alone', async () => {
    expect(await says(429, '', { 'retry-after': '120' })).toMatchObject({ tries: 1, wait: 120_000 });
    const body = JSON.stringify({ ok: false, description: 'Too Many', parameters: { retry_after: 30 } });
    expect(await says(429, body)).toMatchObject({ tries: 1, wait: 30_000 });
  });

  it('recovers in a moment has its message', async () => {
    const { url, asked } = await service((n) => ({ status: n === 0 ? 502 : 204 }));
    expect(await channel(url).deliver(message(), never)).toEqual({ ok: true });
    expect(asked.length).toBe(2);
  });

  it('repeats the secret in its answer does not get it shown', async () => {
    const { reason } = await says(400, `no such path /hooks/${SECRET}?x`);
    expect(reason).toContain('it says "no such path ***');
  });

  it('answers without an end is read no further than its beginning', async () => {
    const { reason } = await says(400, 'x'.repeat(5_000_000));
    expect(reason.length).toBeLessThan(300);
  });

  it('says nothing is given up after the timeout', async () => {
    const { url } = await service(() => 'silence');
    const outcome = await channel(url, { timeout: 200 }).deliver(message(), never);
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('within 0.2 s') as string });
  });

  it('is not there is named by its origin alone', async () => {
    const url = await deadUrl();
    const outcome = await channel(`${url}/${SECRET}`, { timeout: 5000 }).deliver(message(), never);
    expect(outcome).toMatchObject({
      ok: false,
      transient: true,
      reason: `nothing listens at ${url} (connection refused): is the service up, and the port right?`,
    });
  });

  it('hangs ends when the process stops', async () => {
    const started = await service(() => 'silence');
    const stop = new AbortController();
    const pending = channel(started.url).deliver(message(), stop.signal);
    await started.next();
    stop.abort();
    expect(await pending).toMatchObject({ ok: false, reason: expect.stringContaining('ended') as string });
  });
});

it.each(['http://[', 'http://exa mple/x'])('a URL that is none (%s) is said, not thrown', async (url) => {
  expect(await channel(url).deliver(message(), never)).toMatchObject({ ok: false });
});

it('a token that is no header is said without showing it', async () => {
  const { url } = await service();
  const outcome = await channel(url, { token: `${SECRET}\nX: 1` }).deliver(message(), never);
  expect(JSON.stringify(outcome)).toContain('check `url` and `token`');
  expect(JSON.stringify(outcome)).not.toContain(SECRET);
});
