import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judge, type Caller, type GuardPolicy } from '../../../workers/front/guard.js';

const POLICY: GuardPolicy = {
  port: 8787,
  hosts: ['127.0.0.1', 'nxs.lan', 'app.lan:3000', 'nxs.tail.net'],
  publicOrigin: 'https://nxs.tail.net',
  token: null,
};
const LOCAL: Caller = {
  host: 'localhost:8787',
  origin: undefined,
  authorization: undefined,
  forwarded: false,
  address: '127.0.0.1',
};
const WITH_TOKEN = { ...POLICY, token: 'planted-secret' };

describe('the guard of the front', () => {
  it.each([
    'localhost',
    'LOCALHOST:8787',
    '127.0.0.1:8787',
    '127.9.9.9',
    '[::1]:8787',
    'nxs.lan',
    'NXS.lan:1',
    'nxs.tail.net',
  ])('lets %s in', (host) => expect(judge(POLICY, { ...LOCAL, host })).toEqual({ allowed: true }));

  it.each([
    'evil.example',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '10.0.0.1',
    '',
    ' ',
    'a b',
    undefined,
  ])('refuses the host %s (DNS rebinding)', (host) =>
    expect(judge(POLICY, { ...LOCAL, host })).toMatchObject({ allowed: false, status: 421 }),
  );

  it.each([
    'http://localhost:8787',
    'http://127.0.0.1:8787',
    'http://[::1]:8787',
    'https://nxs.tail.net',
    'http://app.lan:3000',
  ])('takes requests of our own page at %s', (origin) =>
    expect(judge(POLICY, { ...LOCAL, origin })).toEqual({ allowed: true }),
  );

  it.each([
    'https://evil.example',
    'http://localhost:3000',
    'http://localhost',
    'null',
    '',
    'http://nxs.lan.evil.example:8787',
  ])('refuses requests of a page at %j (cross site)', (origin) =>
    expect(judge(POLICY, { ...LOCAL, origin })).toMatchObject({ allowed: false, status: 403 }),
  );

  it.each(['image', 'script', 'iframe', 'empty', 'object', undefined])(
    'refuses to be the %s of a page of somebody else',
    (dest) => {
      for (const site of ['cross-site', 'same-site'])
        expect(judge(POLICY, { ...LOCAL, site, dest })).toMatchObject({ allowed: false, status: 403 });
      for (const site of ['same-origin', 'none', undefined])
        expect(judge(POLICY, { ...LOCAL, site, dest })).toEqual({ allowed: true });
    },
  );

  it('takes a person who follows a link to it, and a page of ours by its origin', () => {
    expect(judge(POLICY, { ...LOCAL, site: 'cross-site', dest: 'document' })).toEqual({ allowed: true });
    const ours = { origin: 'http://app.lan:3000', site: 'cross-site', dest: 'empty' };
    expect(judge(POLICY, { ...LOCAL, ...ours })).toEqual({ allowed: true });
  });

  it('asks everybody but a direct local caller for the token', () => {
    const refused = { allowed: false, status: 401 };
    expect(judge(WITH_TOKEN, LOCAL)).toEqual({ allowed: true });
    expect(judge(WITH_TOKEN, { ...LOCAL, address: '::ffff:127.0.0.1' })).toEqual({ allowed: true });
    expect(judge(WITH_TOKEN, { ...LOCAL, address: '192.168.1.5' })).toMatchObject(refused);
    expect(judge(WITH_TOKEN, { ...LOCAL, address: undefined })).toMatchObject(refused);
    expect(judge(WITH_TOKEN, { ...LOCAL, forwarded: true })).toMatchObject(refused);
    expect(judge(WITH_TOKEN, { ...LOCAL, host: 'nxs.tail.net' })).toMatchObject(refused);
    const authorization = 'Bearer planted-secret';
    expect(judge(WITH_TOKEN, { ...LOCAL, forwarded: true, authorization })).toEqual({ allowed: true });
  });

  it('lets no remote caller in with any other token, and never repeats the right one', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        fc.pre(text !== 'Bearer planted-secret' && text.toLowerCase() !== 'bearer planted-secret');
        const verdict = judge(WITH_TOKEN, { ...LOCAL, address: '10.0.0.9', authorization: text });
        expect(verdict).toMatchObject({ allowed: false, status: 401 });
        expect(JSON.stringify(verdict)).not.toContain('planted-secret');
      }),
    );
  });
});
