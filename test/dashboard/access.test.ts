// Who gets in, and which presses of a button count.
import { request } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import { openClient, type Client } from './support/client.js';
import { asking, askingRestore, healing, REQUEST } from './support/incidents.js';
import { busyModel } from './support/model.js';
import { serve, type Served } from './support/server.js';

const TOKEN = 'correct-horse-battery-staple';
let served: Served;

afterEach(() => served.close());

async function open(options: Parameters<typeof serve>[0] = {}): Promise<Client> {
  served = await serve(options);
  return openClient(served.url);
}

describe('with a token', () => {
  test('a stranger is sent to the login, and sees nothing else', async () => {
    const client = await open({ token: TOKEN });
    const page = await client.get('/');
    expect([page.status, page.headers.get('location')]).toEqual([303, '/login']);
    for (const path of ['/dashboard/events', '/dashboard/fragment'])
      expect((await client.get(path)).status).toBe(401);
    for (const path of ['/dashboard/decide', '/dashboard/switch', '/dashboard/mark', '/logout'])
      expect((await client.post(path, {})).status).toBe(401);
    expect(served.world.rendered).toBe(0);
  });

  test('a wrong token is refused, and too many of them too', async () => {
    const client = await open({ token: TOKEN });
    const proof = await client.proof('/login');
    for (let count = 0; count < 10; count++) {
      const answer = await client.post('/login', { proof, token: `${TOKEN}${String(count)}` });
      expect(answer.status).toBe(401);
      expect(await answer.text()).toContain('That is not the token.');
    }
    expect((await client.post('/login', { proof, token: TOKEN })).status).toBe(429);
    expect((await client.get('/')).status).toBe(303);
  });

  test('who guesses through the proxy shuts out nobody else', async () => {
    const client = await open({ token: TOKEN });
    const proof = await client.proof('/login');
    const as = (address: string) => ({ origin: served.url, 'x-forwarded-for': `1.1.1.1, ${address}` });
    for (let count = 0; count < 10; count++)
      await client.post('/login', { proof, token: 'guess' }, as('10.0.0.9'));
    expect((await client.post('/login', { proof, token: TOKEN }, as('10.0.0.9'))).status).toBe(429);
    expect((await client.post('/login', { proof, token: TOKEN }, as('10.0.0.8'))).status).toBe(303);
  });

  test('two nodes on one host do not share a session', async () => {
    const client = await open({ token: TOKEN });
    await client.post('/login', { proof: await client.proof('/login'), token: TOKEN });
    expect(client.cookie()).toContain(`nxs_session_${String(served.port)}=`);
    const other = await serve({ token: TOKEN });
    try {
      const kept = { cookie: client.cookie() };
      const answer = await fetch(`${other.url}/login`, { headers: kept });
      expect(answer.headers.get('set-cookie')).toContain(`nxs_session_${String(other.port)}=`);
    } finally {
      await other.close();
    }
  });

  test.each([false, true])('the right token opens the page until the logout (secure: %s)', async (secure) => {
    const client = await open({ token: TOKEN, secure });
    const before = await client.get('/login');
    const given = before.headers.get('set-cookie') ?? '';
    const answer = await client.post('/login', { proof: await client.proof('/login'), token: TOKEN });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^nxs_session_\d+=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=\d+/);
    expect(cookie.endsWith('; Secure')).toBe(secure);
    // The session from before the login is worth nothing: nobody can plant one.
    expect(cookie.split(';')[0]).not.toBe(given.split(';')[0]);
    const old = client.cookie();
    const page = await client.get('/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('log out');
    const out = await client.post('/logout', { proof: await client.proof() });
    expect([out.status, out.headers.get('location')]).toEqual([303, '/login']);
    expect((await client.get('/', { cookie: old })).status).toBe(303);
  });

  test('a caller that is trusted needs no login', async () => {
    const client = await open({ token: TOKEN });
    served.world.trusted = ({ headers }) => headers['x-mine'] === 'yes';
    expect((await client.get('/')).status).toBe(303);
    const page = await client.get('/', { 'x-mine': 'yes' });
    expect(page.status).toBe(200);
    expect(await page.text()).not.toContain('log out');
  });
});

describe('a form', () => {
  const deny = { incident: 'inc-7', request: REQUEST, verdict: 'deny', by: 'maria', reason: 'not now' };

  test('without a proof, or with that of another session, does nothing', async () => {
    const [mine, other] = [await open(), openClient(served.url)];
    const theirs = await other.proof();
    await mine.proof();
    for (const path of ['/dashboard/decide', '/dashboard/switch', '/dashboard/mark'])
      for (const extra of [{}, { proof: '' }, { proof: theirs }] as Record<string, string>[]) {
        const answer = await mine.post(path, { ...deny, to: 'primary', label: 'true_positive', ...extra });
        expect(answer.status).toBe(403);
      }
    expect(nothingDone()).toBe(true);
  });

  test('that does not say where it comes from does nothing', async () => {
    const client = await open();
    const proof = await client.proof();
    const cross = { 'sec-fetch-site': 'cross-site' };
    for (const headers of [{}, cross, { 'sec-fetch-site': 'none' }])
      expect((await client.post('/dashboard/decide', { ...deny, proof }, headers)).status).toBe(403);
    expect(nothingDone()).toBe(true);
    const same = { 'sec-fetch-site': 'same-origin' };
    expect((await client.post('/dashboard/decide', { ...deny, proof }, same)).status).toBe(303);
  });

  test.each(['https://evil.example', 'null', 'http://127.0.0.1:1'])(
    'from %s does nothing',
    async (origin) => {
      const client = await open();
      const proof = await client.proof();
      expect((await client.post('/dashboard/decide', { ...deny, proof }, { origin })).status).toBe(403);
      expect(nothingDone()).toBe(true);
    },
  );

  test('by another name of the host does nothing', async () => {
    const client = await open();
    const proof = await client.proof();
    const status = await new Promise<number>((resolve, reject) => {
      const sent = request(`${served.url}/dashboard/decide`, {
        method: 'POST',
        headers: { host: 'rebound.example', cookie: client.cookie(), 'sec-fetch-site': 'same-origin' },
      });
      sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', reject);
      sent.end(new URLSearchParams({ ...deny, proof }).toString());
    });
    expect(status).toBe(421);
    expect(nothingDone()).toBe(true);
  });

  test.each([
    ['a name', { by: '  ' }, 'Give your name and a reason: both stand in the record.'],
    ['a reason', { reason: '' }, 'Give your name and a reason: both stand in the record.'],
    ['a verdict', { verdict: 'maybe' }, 'Say approve or deny.'],
    ['an open question', { request: 'inc-7-r1' }, 'That question is not open any more; nothing has changed.'],
    ['a known incident', { incident: 'inc-99' }, 'That question is not open any more; nothing has changed.'],
    [
      'an open incident',
      { incident: 'inc-over-1' },
      'That question is not open any more; nothing has changed.',
    ],
  ])('to decide without %s is refused in a sentence', async (_what, change, sentence) => {
    const client = await open();
    const answer = await client.post('/dashboard/decide', {
      ...deny,
      ...change,
      proof: await client.proof(),
    });
    expect(answer.status).toBe(303);
    expect(await client.follow(answer)).toContain(sentence);
    expect(nothingDone()).toBe(true);
  });

  test('to decide while incidents cannot be read is refused', async () => {
    const client = await open();
    const proof = await client.proof();
    served.world.model = () => busyModel({ healing: { failed: 'The journal cannot be read.' } });
    const answer = await client.post('/dashboard/decide', { ...deny, proof });
    expect(await client.follow(answer)).toContain('nothing has changed');
    expect(nothingDone()).toBe(true);
  });

  test('to approve level 6 needs the word, to deny it does not', async () => {
    const client = await open();
    served.world.model = () => busyModel({ healing: { ...healing(), incidents: [askingRestore()] } });
    const proof = await client.proof();
    const approve = { ...deny, verdict: 'approve', proof };
    for (const word of ['', 'Restore!', 'yes']) {
      const answer = await client.post('/dashboard/decide', { ...approve, word });
      expect(await client.follow(answer)).toContain('type restore to approve it');
    }
    expect(nothingDone()).toBe(true);
    await client.post('/dashboard/decide', { ...approve, word: ' restore ' });
    await client.post('/dashboard/decide', { ...deny, proof });
    expect(served.world.decided.map(({ verdict }) => verdict)).toEqual(['approve', 'deny']);
  });

  test('that is in order counts once, and its sentence is shown once, as text', async () => {
    const client = await open();
    served.world.answer = () => ({ accepted: true, sentence: 'Approved by <b>maria</b> & noted.' });
    const fields = { ...deny, verdict: 'approve', by: ' maria ', proof: await client.proof() };
    const answer = await client.post('/dashboard/decide', fields, {
      origin: served.url,
      referer: `${served.url}/?window=7d`,
    });
    expect(served.world.decided).toEqual([
      { incident: 'inc-7', request: REQUEST, verdict: 'approve', by: 'maria', reason: 'not now' },
    ]);
    expect(answer.headers.get('location')).toMatch(/^\/\?window=7d&said=[\w-]+$/);
    const page = await client.follow(answer);
    expect(page.split('Approved by &lt;b&gt;maria&lt;/b&gt; &amp; noted.')).toHaveLength(2);
    expect(page).not.toContain('<b>maria</b>');
    expect(await client.follow(answer)).not.toContain('Approved by');
    expect(served.world.decided).toHaveLength(1);
  });

  test('that is far too long does nothing', async () => {
    const client = await open();
    const proof = await client.proof();
    const reason = 'x'.repeat(9_000);
    expect((await client.post('/dashboard/decide', { ...deny, proof, reason })).status).toBe(413);
    // Without a length it is cut off while it comes.
    const body = new URLSearchParams({ ...deny, proof, reason: reason.repeat(20) }).toString();
    const status = await new Promise<number>((resolve) => {
      const sent = request(`${served.url}/dashboard/decide`, {
        method: 'POST',
        headers: { origin: served.url, cookie: client.cookie(), 'transfer-encoding': 'chunked' },
      });
      sent.on('response', (answer) => resolve(answer.resume().statusCode ?? 0)).on('error', () => resolve(0));
      sent.end(body);
    });
    expect([0, 403, 413]).toContain(status);
    expect(nothingDone()).toBe(true);
    expect(await client.proof()).toBe(proof);
  });

  test('for a provider and for a label reach their ports', async () => {
    const client = await open();
    const proof = await client.proof();
    const changed = await client.post('/dashboard/switch', { to: 'lmstudio-local', proof });
    expect(await client.follow(changed)).toContain('lmstudio-local goes first now.');
    await client.post('/dashboard/mark', { incident: 'inc-over-1', label: 'false_positive', proof });
    const odd = await client.post('/dashboard/mark', { incident: 'inc-over-1', label: 'odd', proof });
    expect(await client.follow(odd)).toContain('Say whether it was right or a false alarm.');
    expect(served.world.switched).toEqual(['lmstudio-local']);
    expect(served.world.labelled).toEqual([{ incident: 'inc-over-1', label: 'false_positive' }]);
  });

  test('of two for one question, the later hears what became of it', async () => {
    const [first, second] = [await open(), openClient(served.url)];
    const proofs = [await first.proof(), await second.proof()] as const;
    served.world.answer = () => {
      served.world.model = () =>
        busyModel({ healing: { ...healing(), incidents: [asking({ asked: null, state: 'acting' })] } });
      return { accepted: true, sentence: 'It is denied.' };
    };
    await first.post('/dashboard/decide', { ...deny, proof: proofs[0] });
    const late = await second.post('/dashboard/decide', { ...deny, verdict: 'approve', proof: proofs[1] });
    expect(await second.follow(late)).toContain('That question is not open any more');
    expect(served.world.decided).toHaveLength(1);
  });
});

function nothingDone(): boolean {
  const { decided, switched, labelled } = served.world;
  return decided.length + switched.length + labelled.length === 0;
}
