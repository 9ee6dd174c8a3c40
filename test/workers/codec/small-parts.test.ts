import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Config } from '../../../config/types.js';
import { NxsError } from '../../../domain/errors.js';
import { engineArguments } from '../../../adapters/temporal/engine-command.js';
import { encryptionCheck } from '../../../workers/codec/check.js';
import { codecEnvironment } from '../../../workers/codec/environment.js';
import { noteKeyUse, readKeyUse } from '../../../workers/codec/key-use.js';
import type { Logger } from '../../../workers/log.js';
import { openUnreadable } from '../../../workers/unreadable.js';

const key = (id: string) => ({ id, key: randomBytes(32).toString('base64') });
const encrypted = (...ids: string[]) => ({ encryption: { keys: ids.map(key), codec: { origins: [] } } });
const at = (ms: number) => () => Promise.resolve(new Date(ms));
let dir = '';

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'nxs-keys-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('since when a key encrypts', () => {
  it('is noted once for each key, and not at all while there never was one', async () => {
    await noteKeyUse(dir, {}, at(1000));
    expect(await readKeyUse(dir)).toBeNull();
    await noteKeyUse(dir, encrypted('a'), at(2000));
    await noteKeyUse(dir, encrypted('a', 'old'), at(3000));
    expect(await readKeyUse(dir)).toEqual({ id: 'a', since: '1970-01-01T00:00:02.000Z' });
    await noteKeyUse(dir, encrypted('b', 'a'), at(4000));
    expect(await readKeyUse(dir)).toMatchObject({ id: 'b' });
    await noteKeyUse(dir, {}, at(5000));
    expect(await readKeyUse(dir)).toEqual({ id: null, since: '1970-01-01T00:00:05.000Z' });
  });

  it('holds no key, and is begun anew when it was damaged', async () => {
    const settings = encrypted('a');
    await noteKeyUse(dir, settings, at(1000));
    const file = join(dir, 'encryption.json');
    expect(await readFile(file, 'utf8')).not.toContain(settings.encryption.keys[0]!.key);
    await writeFile(file, '{"id":');
    expect(await readKeyUse(dir)).toBeNull();
    await noteKeyUse(dir, settings, at(9000));
    expect(await readKeyUse(dir)).toMatchObject({ since: '1970-01-01T00:00:09.000Z' });
  });
});

describe('what the worker cannot read', () => {
  it('is said for a quarter of an hour, and logged once a minute for each key', () => {
    let now = 0;
    const lines: string[] = [];
    const log = { error: (_details: object, text: string) => void lines.push(text) } as unknown as Logger;
    const { note, latest } = openUnreadable(log, () => now);
    const error = (keyId: string) => new NxsError('PAYLOAD_UNREADABLE', `It needs ${keyId}.`, { keyId });
    expect(latest()).toBeNull();
    for (const id of ['a', 'a', 'b', 'a']) note(error(id));
    expect([lines, latest()]).toEqual([['It needs a.', 'It needs b.'], 'It needs a.']);
    now = 61_000;
    note(error('a'));
    expect(lines).toHaveLength(3);
    now += 15 * 60_000;
    expect(latest()).toBe('It needs a.');
    now += 1;
    expect(latest()).toBeNull();
  });
});

describe("Temporal's own programs", () => {
  const nxs = (temporal: object, http: object = {}) => ({ nxs: { temporal, http } }) as Pick<Config, 'nxs'>;
  const run = { http: 'http://127.0.0.1:8787' };
  const given = { env: {}, args: [] };

  it('are pointed at the endpoint of the control plane that runs, with its token', () => {
    expect(codecEnvironment(nxs(encrypted('a')), run, given)).toEqual({
      TEMPORAL_CODEC_ENDPOINT: 'http://127.0.0.1:8787/codec',
    });
    expect(codecEnvironment(nxs(encrypted('a'), { token: 'front' }), run, given)).toMatchObject({
      TEMPORAL_CODEC_AUTH: 'Bearer front',
    });
    const keyed = { encryption: { keys: [key('a')], codec: { token: 'own', origins: [] } } };
    expect(codecEnvironment(nxs(keyed, { token: 'front' }), run, given)).toMatchObject({
      TEMPORAL_CODEC_AUTH: 'Bearer own',
    });
  });

  it('never get our token for an endpoint that somebody else named', () => {
    const config = nxs(encrypted('a'), { token: 'front' });
    expect(
      codecEnvironment(config, run, { ...given, env: { TEMPORAL_CODEC_ENDPOINT: 'https://x' } }),
    ).toEqual({});
    expect(codecEnvironment(config, run, { ...given, args: ['--codec-endpoint=https://x'] })).toEqual({});
    expect(codecEnvironment(config, null, given)).toEqual({});
    expect(codecEnvironment(nxs({}), run, given)).toEqual({});
  });

  it('show payloads in the web UI by the endpoint, where there is a UI', () => {
    const command = { host: '127.0.0.1', port: 1, uiPort: 2, database: null, uiCodec: 'http://h/codec' };
    expect(engineArguments({ ...command, ui: true }).join(' ')).toContain(
      '--ui-codec-endpoint http://h/codec',
    );
    expect(engineArguments({ ...command, ui: false })).not.toContain('--ui-codec-endpoint');
  });
});

describe('`nxs doctor` on encryption', () => {
  const check = (temporal: object) =>
    encryptionCheck({ stateDir: dir, nxs: { temporal } } as unknown as Config);
  const external = (address: string) => ({
    mode: 'external',
    address,
    namespace: 'x',
    tls: {},
    api_key: null,
  });

  it('asks for it on somebody else’s server, and takes it as a choice on this machine', async () => {
    expect(await check(external('cloud.example:7233'))).toMatchObject({
      reading: 'unknown',
      detail: expect.stringMatching(/cloud\.example:7233.*docs\/encryption\.md/) as string,
    });
    expect(await check(external('127.0.0.1:7233'))).toMatchObject({ reading: 'good' });
    expect(await check({ mode: 'embedded' })).toMatchObject({
      reading: 'good',
      detail: expect.stringMatching(/^off/) as string,
    });
    expect(await check({ ...external('cloud.example:7233'), ...encrypted('a', 'old') })).toMatchObject({
      reading: 'good',
      detail: expect.stringMatching(/key a encrypts.*old only read/) as string,
    });
  });
});
