// smtp-server is the peer: somebody else's idea of what a mail server does.
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import { trustOf } from '../../../adapters/net/trust.js';
import { emailChannel } from '../../../adapters/notify/email.js';
import type { EmailSettings } from '../../../adapters/notify/settings.js';
import { CERTIFICATE } from '../llm/support/certificate.js';
import { message, never, SENDER } from './support/messages.js';
import { deadUrl } from './support/server.js';

const PASSWORD = 'P4sswordThatNobodyMaySee';

interface Mail {
  readonly raw: string;
  readonly to: readonly string[];
  readonly secure: boolean;
  readonly user: string | undefined;
}

const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
});

async function mailServer(options: SMTPServerOptions = {}): Promise<{ port: number; mails: Mail[] }> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    ...CERTIFICATE,
    authOptional: true,
    onAuth({ username, password }, _session, done) {
      if (password === PASSWORD) done(null, { user: username });
      else done(new Error(`wrong: ${password}`));
    },
    onData(stream, session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push({
          raw: Buffer.concat(chunks).toString('utf8'),
          to: session.envelope.rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: session.user,
        });
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listening = server.listen(0, '127.0.0.1');
  await once(listening, 'listening');
  ends.push(() => new Promise((done) => server.close(() => done())));
  return { port: (listening.address() as AddressInfo).port, mails };
}

async function trust() {
  const file = join(await mkdtemp(join(tmpdir(), 'ca-')), 'ca.pem');
  await writeFile(file, CERTIFICATE.cert);
  return trustOf({ SSL_CERT_FILE: file }, (problem) => {
    throw new Error(problem);
  });
}

const settings: EmailSettings = {
  type: 'email',
  name: 'mail',
  host: 'localhost',
  port: 587,
  user: null,
  password: null,
  from: 'NXS <nxs@home.test>',
  to: ['ann@home.test', 'bob@home.test'],
  timeout: 8000,
};

function deliver(
  port: number,
  more: Partial<EmailSettings> = {},
  ca: Awaited<ReturnType<typeof trust>> = null,
  what = message(),
) {
  const dial = { host: '127.0.0.1', port };
  return emailChannel({ ...settings, ...more }, { sender: SENDER, trust: ca, dial }).deliver(what, never);
}

const FAR = { host: 'provider.test' };

describe('e-mail', () => {
  it('on this machine goes as it can, to all receivers, marked as automatic', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS', 'AUTH'] });
    expect(await deliver(port)).toEqual({ ok: true });
    const [mail] = mails;
    expect(mail?.to).toEqual(['ann@home.test', 'bob@home.test']);
    expect(mail?.raw).toMatch(/^Subject: \[home\] backup not green\r$/m);
    expect(mail?.raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(mail?.raw).toContain('local: 3 verified, 1 mismatch');
  });

  it('goes over STARTTLS with a login', async () => {
    const { port, mails } = await mailServer({ authOptional: false });
    const login = { ...FAR, user: 'ann', password: PASSWORD };
    expect(await deliver(port, login, await trust())).toEqual({ ok: true });
    expect(mails.map(({ secure, user }) => [secure, user])).toEqual([[true, 'ann']]);
  });

  it('speaks TLS from the first byte on port 465', async () => {
    const { port, mails } = await mailServer({ secure: true });
    expect(await deliver(port, { ...FAR, port: 465 }, await trust())).toEqual({ ok: true });
    expect(mails.map(({ secure }) => secure)).toEqual([true]);
  });

  it('does not go to a server beyond this machine that offers no TLS, or one that nobody vouches for', async () => {
    const plain = await mailServer({ disabledCommands: ['STARTTLS'] });
    const login = { ...FAR, user: 'ann', password: PASSWORD };
    expect(await deliver(plain.port, login)).toMatchObject({
      ok: false,
      transient: false,
      reason: expect.stringContaining('no TLS that can be trusted') as string,
    });
    const stranger = await mailServer();
    expect(await deliver(stranger.port, login)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('SSL_CERT_FILE') as string,
    });
    expect([...plain.mails, ...stranger.mails]).toEqual([]);
  });

  it('with a wrong password says so, without it', async () => {
    const { port } = await mailServer();
    const wrong = `${PASSWORD}-not`;
    const outcome = await deliver(port, { user: 'ann', password: wrong });
    expect(outcome).toMatchObject({
      ok: false,
      transient: false,
      reason: 'localhost:587 refuses the login (535): check `user` and `password`',
    });
    expect(JSON.stringify(outcome)).not.toContain(PASSWORD);
  });

  it('lets no header in by a title', async () => {
    const { port, mails } = await mailServer({ disabledCommands: ['STARTTLS'] });
    await deliver(port, {}, null, message({ title: 'x\r\nBcc: eve@evil.test\r\n\r\nbody ü' }));
    expect(mails[0]?.to).not.toContain('eve@evil.test');
    expect(mails[0]?.raw).not.toMatch(/^Bcc:/m);
  });

  it('is tried again when the server cannot take it now, and not when it refuses the address', async () => {
    let tries = 0;
    const busy = await mailServer({
      onMailFrom(_address, _session, done) {
        tries += 1;
        if (tries === 1) done(Object.assign(new Error('greylisted'), { responseCode: 451 }));
        else done();
      },
    });
    expect(await deliver(busy.port)).toEqual({ ok: true });
    expect(tries).toBe(2);
    const strict = await mailServer({
      onRcptTo: (_address, _session, done) => done(Object.assign(new Error('who?'), { responseCode: 550 })),
    });
    expect(await deliver(strict.port)).toMatchObject({
      transient: false,
      reason: 'localhost:587 refuses an address (550): check `from` and `to`',
    });
  });

  it('to a server that is away, or says nothing, ends in time', async () => {
    const dead = Number(new URL(await deadUrl()).port);
    expect(await deliver(dead)).toMatchObject({
      ok: false,
      reason: expect.stringContaining('nothing listens at localhost:587') as string,
    });
    const mute: Server = createServer((socket) => socket.on('error', () => undefined));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const outcome = await deliver((mute.address() as AddressInfo).port, { timeout: 300 });
    expect(outcome).toMatchObject({ ok: false, reason: expect.stringContaining('within 0.3 s') as string });
    mute.close();
    // Our end is gone too, else this would wait for ever.
    await once(mute, 'close');
  });
});
