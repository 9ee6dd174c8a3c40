// The official client, which throws on a stream without finish_reason and retries by status: what it accepts, others do.
import OpenAI from 'openai';
import { afterEach, expect, test } from 'vitest';
import { TOKENS } from '../support/llm-answer.js';
import { until } from '../support/until.js';
import { openPair, type Pair, type PairOptions } from './support.js';

let pair: Pair | null = null;
afterEach(async () => {
  await pair?.close();
  pair = null;
});

async function client(options?: PairOptions): Promise<OpenAI> {
  pair = await openPair(options);
  return new OpenAI({ baseURL: `${pair.gateway.url}/v1`, apiKey: 'any', maxRetries: 0 });
}

const ask = { model: 'auto', messages: [{ role: 'user' as const, content: 'hello' }] };
const TEXT = TOKENS.join('');

test('a whole answer', async () => {
  const openai = await client();
  const answer = await openai.chat.completions.create(ask);
  expect(answer.choices[0]?.message.content).toBe(TEXT);
  expect(answer.choices[0]?.finish_reason).toBe('stop');
});

test('a stream, to its final message', async () => {
  const openai = await client();
  const final = await openai.chat.completions.stream(ask).finalChatCompletion();
  expect(final.choices[0]?.message.content).toBe(TEXT);
});

test('a stream that another provider went on with is one message', async () => {
  const openai = await client({ failover: ['mid_stream: continue'] });
  pair?.primary.play(() => ({ kind: 'cut', after: 25, how: 'broken' }));
  const final = await openai.chat.completions.stream(ask).finalChatCompletion();
  expect(final.choices[0]?.message.content).toBe(TEXT);
});

test('a stream that breaks is an error with our reason, never a short answer', async () => {
  const openai = await client();
  pair?.primary.play(() => ({ kind: 'cut', after: 25, how: 'ended' }));
  await expect(openai.chat.completions.stream(ask).finalChatCompletion()).rejects.toThrow(/incomplete/);
});

test('an abort lets the provider go', async () => {
  const openai = await client();
  pair?.primary.play(() => ({ kind: 'silent' }));
  const call = openai.chat.completions.create(ask, { timeout: 500 });
  await expect(call).rejects.toThrow(/timed out/i);
  await until(() => pair?.primary.connections() === 0);
  expect(pair?.backup.attempts()).toHaveLength(0);
});

test('all down is a 503 of the kind that the client retries', async () => {
  const openai = await client();
  const fails = { kind: 'error', status: 503, message: 'down', code: null } as const;
  pair?.primary.play(() => fails);
  pair?.backup.play(() => fails);
  await expect(openai.chat.completions.create(ask)).rejects.toMatchObject({
    status: 503,
    code: 'no_provider_available',
  });
});

test('the list of models', async () => {
  const openai = await client();
  const ids: string[] = [];
  for await (const { id } of openai.models.list()) ids.push(id);
  expect(ids).toContain('auto');
});
