import { LLMock } from '@copilotkit/aimock';
import { expect, it, onTestFinished } from 'vitest';
import { verifyProvider } from '../../../adapters/llm/verify.js';
import type { VerifyStep } from '../../../adapters/llm/verify.js';
import { endpointAt, testWire } from './support/attempts.js';
import { CHAT, deadOrigin, json, serve } from './support/servers.js';

const OPTIONS = { supports: null, timeoutMs: 5_000 };

it('tells what a whole provider can do, step by step', async () => {
  const mock = new LLMock({ port: 0 });
  mock.onMessage(/ok/, { content: 'ok' });
  mock.onMessage(/Rome/, { toolCalls: [{ name: 'current_time', arguments: '{"city":"Rome"}' }] });
  await mock.start();
  onTestFinished(() => mock.stop());
  const told: VerifyStep[] = [];
  const endpoint = endpointAt(mock.url);
  const steps = await verifyProvider(testWire(), endpoint, { ...OPTIONS, onStep: (step) => told.push(step) });
  expect(steps).toEqual(told);
  expect(steps.map(({ step, ok }) => [step, ok])).toEqual([
    ['models', true],
    ['chat', true],
    ['stream', true],
    ['tools', true],
    ['embeddings', true],
  ]);
  expect(steps[2]?.detail).toMatch(/^first content after \d+ ms, finished, \[DONE\]/);
  expect(steps[4]?.detail).toMatch(/^\d+ dimensions$/);
});

it('tells a stream that is none, tools that are ignored and embeddings that are not there', async () => {
  const server = await serve((request, response) => {
    if (request.url === '/v1/chat/completions') json(response, CHAT);
    else json(response, { error: { message: 'no such page' } }, 404);
  });
  const steps = await verifyProvider(testWire(), endpointAt(server.origin), OPTIONS);
  expect(steps.map(({ step, ok, needed }) => [step, ok, needed])).toEqual([
    ['models', true, false],
    ['chat', true, true],
    ['stream', false, true],
    ['tools', false, false],
    ['embeddings', false, false],
  ]);
});

it('leaves out what the configuration rules out, and needs what it names', async () => {
  const server = await serve((_, response) => json(response, { error: { message: 'eh' } }, 500));
  const supports = ['chat', 'embeddings'] as const;
  const steps = await verifyProvider(testWire(), endpointAt(server.origin), { ...OPTIONS, supports });
  expect(steps.map(({ step, ok, needed }) => [step, ok, needed])).toEqual([
    ['models', false, false],
    ['chat', false, true],
    ['embeddings', false, true],
  ]);
});

it('ends in time with a provider that is not there', async () => {
  const endpoint = endpointAt(await deadOrigin(), { model: 'auto-detect' });
  const steps = await verifyProvider(testWire(), endpoint, OPTIONS);
  expect(steps.every((step) => !step.ok && step.detail !== '')).toBe(true);
});
