import { LLMock } from '@copilotkit/aimock';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, nxs } from '../support/e2e-cli.js';
import { makePlace, removePlace, type Place } from '../support/e2e-place.js';

interface Document {
  readonly ok: boolean;
  readonly providers: readonly {
    readonly name: string;
    readonly verdict: string;
    readonly unset: readonly string[];
    readonly steps: readonly { readonly step: string; readonly ok: boolean; readonly detail: string }[];
  }[];
}

const KEY = 'key-that-nobody-may-see';
const mock = new LLMock({ port: 0 });
let place: Place;

beforeAll(async () => {
  ensureBuilt();
  mock.onMessage(/time is it in Rome/, {
    toolCalls: [{ name: 'current_time', arguments: '{"city":"Rome"}' }],
  });
  mock.onMessage(/.*/, { content: 'ok' });
  mock.onEmbedding(/.*/, { embedding: [0.1, 0.2, 0.3, 0.4] });
  const url = await mock.start();
  place = await makePlace();
  const providers = [
    { name: 'alive', base_url: `${url}/v1`, api_key: KEY, model: 'm-1', priority: 1 },
    { name: 'dead', base_url: 'http://127.0.0.1:9/v1', api_key: KEY, model: 'm-2', priority: 2 },
    { name: 'keyless', base_url: 'https://llm.invalid/v1', api_key: '${KEY_NOBODY_HAS}', model: 'm-3' },
  ];
  await writeFile(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers }));
}, 120_000);
afterAll(async () => {
  await mock.stop();
  await removePlace(place);
});

const verify = (...args: readonly string[]) => nxs(['provider', 'verify', ...args], place.env);

describe('nxs provider verify', () => {
  it('tells what each provider really can, and is content when one answers', async () => {
    const said = await verify('--json');
    expect(said.code).toBe(0);
    const { ok, providers } = said.json() as unknown as Document;
    expect(ok).toBe(true);
    expect(providers.map(({ name, verdict }) => [name, verdict])).toEqual([
      ['alive', 'good'],
      ['dead', 'bad'],
      ['keyless', 'not_configured'],
    ]);
    const [alive, dead, keyless] = providers;
    expect(alive?.steps.map(({ step, ok: well }) => [step, well])).toEqual([
      ['models', true],
      ['chat', true],
      ['stream', true],
      ['tools', true],
      ['embeddings', true],
    ]);
    expect(alive?.steps.find(({ step }) => step === 'stream')?.detail).toMatch(/first content after \d+ ms/);
    expect(alive?.steps.find(({ step }) => step === 'embeddings')?.detail).toContain('4 dimensions');
    expect(dead?.steps.some((step) => step.ok)).toBe(false);
    expect(keyless).toMatchObject({ unset: ['KEY_NOBODY_HAS'], steps: [] });
  }, 30_000);

  it('shows each step as it is done, says what it costs, and never the key', async () => {
    const said = await verify();
    expect(said.stdout).toMatch(/^ {2}alive +chat +ok +\d+ ms {2}answered/m);
    expect(said.stdout).toMatch(/^ {2}dead +chat +BAD .+ECONNREFUSED/m);
    expect(said.stdout).toContain('alive: does its job');
    expect(said.stdout).toContain('dead: does not answer');
    expect(said.stdout).toContain('keyless: not configured: KEY_NOBODY_HAS is not set');
    expect(said.stderr).toContain('a few dozen tokens');
    expect(said.stdout + said.stderr).not.toContain(KEY);
  }, 30_000);

  it.each([
    ['alive', 0],
    ['dead', 1],
    ['keyless', 1],
    ['nobody', 2],
  ])(
    'of %s alone ends with %i',
    async (name, code) => {
      const said = await verify(name);
      expect(said.code).toBe(code);
      if (code === 2) expect(said.stderr).toContain('known: alive, dead, keyless');
    },
    30_000,
  );
});
