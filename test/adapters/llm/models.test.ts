import type { RequestListener } from 'node:http';
import { describe, expect, it } from 'vitest';
import { forgetModel, listModels, resolveModel } from '../../../adapters/llm/models.js';
import { endpointAt, testWire } from './support/attempts.js';
import { deadOrigin, json, serve } from './support/servers.js';

const AUTO = { model: 'auto-detect' };

/** A server that has these lists and answers 404 to the rest; it counts what is asked. */
async function server(
  lists: Readonly<Record<string, unknown>>,
): Promise<{ origin: string; asked: string[] }> {
  const asked: string[] = [];
  const listener: RequestListener = (request, response) => {
    const path = request.url ?? '';
    asked.push(`${request.method ?? ''} ${path}`);
    if (path in lists) json(response, lists[path]);
    else json(response, { error: 'Unexpected endpoint or method.' }, 404);
  };
  return { origin: (await serve(listener)).origin, asked };
}

const DOWNLOADED = { data: [{ id: 'downloaded' }, { id: 'loaded' }] };

describe('auto-detect', () => {
  it.each([
    [
      'LM Studio by its instances in memory',
      {
        '/api/v1/models': {
          models: [
            {
              key: 'text-embedding-nomic',
              type: 'embedding',
              loaded_instances: [{ id: 'text-embedding-nomic' }],
            },
            { key: 'downloaded', type: 'llm', loaded_instances: [] },
            { key: 'q/loaded', type: 'llm', loaded_instances: [{ id: 'loaded' }] },
          ],
        },
        '/v1/models': DOWNLOADED,
      },
      'loaded',
    ],
    [
      'an older LM Studio by the state',
      {
        '/api/v0/models': {
          data: [
            { id: 'downloaded', type: 'llm', state: 'not-loaded' },
            { id: 'embed', type: 'embeddings', state: 'loaded' },
            { id: 'loaded', type: 'vlm', state: 'loaded' },
          ],
        },
        '/v1/models': DOWNLOADED,
      },
      'loaded',
    ],
    [
      'Ollama by what it runs',
      {
        '/api/ps': { models: [{ name: 'nomic-embed-text:latest' }, { name: 'loaded' }] },
        '/v1/models': DOWNLOADED,
      },
      'loaded',
    ],
    [
      'an idle Ollama by what it can load',
      { '/api/ps': { models: [] }, '/v1/models': { data: [{ id: 'nomic-embed-text' }, { id: 'llama3' }] } },
      'llama3',
    ],
    [
      'anybody else by the first entry',
      { '/v1/models': { data: [{ id: 'bge-m3' }, { id: 'qwen' }] } },
      'qwen',
    ],
    [
      "llama.cpp's router by its status",
      {
        '/v1/models': {
          data: [
            { id: 'a', status: { value: 'unloaded' } },
            { id: 'b', status: { value: 'loaded' } },
          ],
        },
      },
      'b',
    ],
  ])('finds the model of %s', async (_, lists, model) => {
    const { origin, asked } = await server(lists);
    expect(await resolveModel(testWire(), endpointAt(origin, AUTO))).toEqual({ kind: 'model', model });
    expect(asked.every((line) => line.startsWith('GET '))).toBe(true);
  });

  it('says so when nothing is loaded', async () => {
    const { origin } = await server({
      '/api/v1/models': { models: [{ key: 'downloaded', type: 'llm', loaded_instances: [] }] },
      '/v1/models': DOWNLOADED,
    });
    expect(await resolveModel(testWire(), endpointAt(origin, AUTO))).toEqual({ kind: 'none_loaded' });
  });

  it('asks once for many, remembers, and asks again when told to forget', async () => {
    const { origin, asked } = await server({ '/v1/models': { data: [{ id: 'qwen' }] } });
    const wire = testWire();
    const endpoint = endpointAt(origin, AUTO);
    await Promise.all(Array.from({ length: 20 }, () => resolveModel(wire, endpoint)));
    await resolveModel(wire, endpoint);
    const once = asked.length;
    expect(asked.filter((line) => line.endsWith(' /v1/models'))).toHaveLength(1);
    forgetModel(endpoint);
    await resolveModel(wire, endpoint);
    expect(asked).toHaveLength(2 * once);
  });

  it('remembers no failure', async () => {
    const endpoint = endpointAt(await deadOrigin(), AUTO);
    const wire = testWire();
    expect(await resolveModel(wire, endpoint)).toMatchObject({
      kind: 'fault',
      observation: { fault: 'refused' },
    });
    expect(await resolveModel(wire, endpoint)).toMatchObject({ kind: 'fault' });
  });

  it('asks nobody when a model is configured', async () => {
    const endpoint = endpointAt(await deadOrigin(), { model: 'gpt' });
    expect(await resolveModel(testWire(), endpoint)).toEqual({ kind: 'model', model: 'gpt' });
  });
});

it('lists what a provider has and what is loaded', async () => {
  const { origin } = await server({ '/api/ps': { models: [{ name: 'loaded' }] }, '/v1/models': DOWNLOADED });
  const ids = ['downloaded', 'loaded'];
  expect(await listModels(testWire(), endpointAt(origin))).toEqual({ ids, loaded: ['loaded'] });
  const plain = await server({ '/v1/models': DOWNLOADED });
  expect(await listModels(testWire(), endpointAt(plain.origin))).toEqual({ ids, loaded: null });
});
