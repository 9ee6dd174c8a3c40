import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { providerChecks } from '../../../workers/failover/checks.js';
import { configOf, makePlace, removePlace, type Place } from '../../support/e2e-place.js';
import { openUpstream, type ScriptedUpstream } from '../../support/llm-upstream.js';

const GONE = 'http://127.0.0.1:9/v1';
let there: ScriptedUpstream;
let place: Place;
beforeAll(async () => {
  there = await openUpstream({ model: 'm-1' });
  place = await makePlace();
});
afterAll(async () => {
  await there.close();
  await removePlace(place);
});

async function checks(providers: readonly object[] | null, settings: object = {}) {
  if (providers !== null)
    await writeFile(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers }));
  await writeFile(join(place.configDir, 'nxs.yaml'), JSON.stringify(settings));
  const found = await providerChecks(await configOf(place), {});
  return Object.fromEntries(found.map(({ name, reading, detail }) => [name, { reading, detail }]));
}

describe("the doctor's look at providers", () => {
  it('blames nobody for shipped providers that this machine does not have', async () => {
    const found = await checks(null);
    expect(Object.values(found).map(({ reading }) => reading)).not.toContain('bad');
    expect(found['provider: kimi-primary']).toEqual({
      reading: 'unknown',
      detail: 'not configured: KIMI_API_KEY is not set',
    });
  });

  it('tells who is there, who is not, and asks for no token', async () => {
    const found = await checks([
      { name: 'there', base_url: there.url, model: 'm-1' },
      { name: 'gone', base_url: GONE, model: 'm-2' },
      { name: 'keyless', base_url: GONE, api_key: '${KEY_NOBODY_HAS}', model: 'm-3' },
    ]);
    expect(found['provider: there']).toMatchObject({ reading: 'good' });
    expect(found['provider: gone']).toMatchObject({ reading: 'bad' });
    expect(found['provider: gone']?.detail).toContain('ECONNREFUSED');
    expect(found['provider: keyless']).toMatchObject({ reading: 'unknown' });
    expect(there.attempts()).toEqual([]);
  });

  it('says who may call the gateway', async () => {
    expect((await checks([]))['gateway']).toMatchObject({
      reading: 'good',
      detail: expect.stringContaining('every local user') as string,
    });
    const keyed = await checks([], {
      http: { host: '0.0.0.0', token: 'a-token' },
      gateway: { api_key: 'a-key' },
    });
    expect(keyed['gateway']).toEqual({ reading: 'good', detail: '0.0.0.0; clients send gateway.api_key' });
  });
});
