// Temporal behind TLS, client certificates and API keys: who gets in, and what those hear who do not.
import { NativeConnection } from '@temporalio/worker';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { connectionOptions, connectTemporal } from '../../../adapters/temporal/connect.js';
import type { TemporalTarget } from '../../../adapters/temporal/target.js';
import { ensureBuilt, nxs, type Said } from '../../support/e2e-cli.js';
import { makePlace, removePlace, type Place } from '../../support/e2e-place.js';
import {
  makeCertificates,
  openKeyDoor,
  openTlsDoor,
  type Certificates,
  type Door,
} from '../../support/tls-doors.js';

const KEY = 'the-right-key-1';
const root = await mkdtemp(path.join(tmpdir(), 'nxs-doors-'));
const made = makeCertificates(path.join(root, 'ours'));
const strangers = makeCertificates(path.join(root, 'theirs'));
const NONE: Certificates = { ca: '', server: { cert: '', key: '' }, client: { cert: '', key: '' } };
let doors: Record<'mtls' | 'key', Door>;
let place: Place;

describe.skipIf(made === null || strangers === null)('a Temporal behind', () => {
  const { ca, server, client } = made ?? NONE;
  const other = strangers ?? NONE;
  const plain = inject('temporalAddress');

  beforeAll(async () => {
    ensureBuilt();
    place = await makePlace();
    doors = {
      mtls: await openTlsDoor(plain, server, ca),
      key: await openKeyDoor(plain, server, () => [KEY]),
    };
  });
  afterAll(async () => {
    await Promise.all(Object.values(doors).map((door) => door.close()));
    await removePlace(place);
    await rm(root, { recursive: true, force: true });
  });

  const full = { ca, cert: client.cert, key: client.key };
  const at = (address: string, tls: TemporalTarget['tls'], apiKey: string | null = null): TemporalTarget => ({
    ...{ address, namespace: 'default', tls, apiKey, keys: [] },
  });
  const why = async (target: TemporalTarget): Promise<string> => {
    const error: unknown = await connectTemporal(target, 1_000).then(
      async ({ close }) => close(),
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ code: 'TEMPORAL_UNREACHABLE' });
    return (error as Error).message;
  };

  it.each([
    ['client certificates', () => at(doors.mtls.address, full)],
    [
      'client certificates, under another name',
      () => at(doors.mtls.address, { ...full, server_name: 'temporal.test' }),
    ],
    ['an API key', () => at(doors.key.address, { ca }, KEY)],
  ])('%s lets in commands and worker', async (_name, target) => {
    const { client: temporal, close } = await connectTemporal(target());
    for await (const _each of temporal.workflow.list({ pageSize: 1 })) break;
    await close();
    const native = await NativeConnection.connect(await connectionOptions(target()));
    await native.close();
  });

  it.each<[string, () => TemporalTarget, string]>([
    [
      'a wrong authority',
      () => at(doors.mtls.address, { ...full, ca: other.ca }),
      'is not signed by temporal.tls.ca (',
    ],
    [
      'a wrong name',
      () => at(doors.mtls.address, { ...full, server_name: 'wrong.test' }),
      'is not for "wrong.test"',
    ],
    [
      'no client certificate',
      () => at(doors.mtls.address, { ca }),
      'set temporal.tls.cert and temporal.tls.key',
    ],
    [
      'the client certificate of a stranger',
      () => at(doors.mtls.address, { ca, cert: other.client.cert, key: other.client.key }),
      'it does not take the client certificate',
    ],
    ['plain text', () => at(doors.mtls.address, null), 'set temporal.tls'],
    ['TLS where there is none', () => at(plain, { ca }), 'it does not speak TLS'],
    [
      'a wrong key',
      () => at(doors.key.address, { ca }, 'a-wrong-key-2'),
      'it does not take the key in temporal.api_key',
    ],
    ['no key', () => at(doors.key.address, { ca }), 'temporal.api_key is not set'],
    ['an address where nobody listens', () => at('127.0.0.1:1', null), 'nobody listens there'],
  ])('%s is told in one sentence that says what to mend', async (_name, target, words) => {
    const message = await why(target());
    expect(message).toContain(words);
    expect(message).not.toContain('a-wrong-key-2');
    expect(message.split('\n').length).toBe(1);
  });

  async function command(temporal: object, ...args: readonly string[]): Promise<Said> {
    await writeFile(path.join(place.configDir, 'nxs.yaml'), JSON.stringify({ temporal }), { mode: 0o600 });
    return nxs(args, {
      ...place.env,
      NXS_TEMPORAL_CLI: inject('temporalCli'),
      THE_KEY: KEY,
      WRONG: 'a-wrong-key-2',
    });
  }

  it("the commands and Temporal's own command line get in by the settings alone, and say why not with exit 3", async () => {
    const behindCertificates = {
      address: doors.mtls.address,
      tls: { ...full, server_name: 'temporal.test' },
    };
    const behindKey = { address: doors.key.address, tls: { ca }, api_key: '${THE_KEY}' };
    const listed = await command(behindCertificates, 'temporal', 'workflow', 'list', '--limit', '1');
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect((await command(behindKey, 'fleet', '--json')).json()['temporal']).toMatchObject({
      reachable: true,
    });
    const refused = await command({ ...behindKey, api_key: '${WRONG}' }, 'backup', 'run');
    expect(refused.code).toBe(3);
    expect(refused.stderr).toContain('it does not take the key in temporal.api_key');
    expect(refused.stdout + refused.stderr).not.toContain('a-wrong-key-2');
  }, 60_000);
});
