// Two real llama.cpp servers as providers, with models of random weights.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { callChat } from '../support/llm-caller.js';
import { startGateway, type RunningGateway } from '../support/llm-gateway.js';
import { judgeHeard, type Heard } from '../support/llm-heard.js';
import { findPeers, startLlama } from '../support/llm-peers.js';
import type { Peer } from '../support/peer-process.js';

let missing: string | null = null;
let small: Peer;
let large: Peer;
let running: RunningGateway;

beforeAll(async () => {
  const { python } = await findPeers();
  if ('reason' in python) {
    missing = python.reason;
    return;
  }
  [small, large] = await Promise.all([startLlama(python.path, 256), startLlama(python.path, 2048)]);
  const row = (name: string, { url }: Peer, priority: number) => ({
    ...{ name, base_url: `${url}/v1`, model: 'auto-detect', priority, timeout: '10s' },
  });
  running = await startGateway(
    JSON.stringify({ providers: [row('small', small, 1), row('large', large, 2)] }),
  );
}, 120_000);

afterAll(async () => {
  if (missing !== null) return;
  await running.close();
  await Promise.all([small.close(), large.close()]);
});

async function ask(stream: boolean, prompt: string): Promise<Heard> {
  const call = {
    url: running.url,
    stream,
    patience: 20_000,
    prompt,
    more: { max_tokens: 16, ignore_eos: true },
  };
  return judgeHeard(await callChat(call), null);
}

it('answers and streams come through, and who answered is named', async ({ skip }) => {
  if (missing !== null) return skip(missing);
  for (const stream of [true, false]) {
    const heard = await ask(stream, 'hello');
    expect(heard).toMatchObject({ outcome: 'answered', finish: 'length', provider: 'small', usage: true });
    expect(heard.model).toContain('tiny-random');
  }
});

it('a prompt that is too long for the first goes to the one with the larger context', async ({ skip }) => {
  if (missing !== null) return skip(missing);
  expect(await ask(false, 'the red one '.repeat(30))).toMatchObject({
    outcome: 'answered',
    provider: 'large',
  });
});

it('nobody notices that the first one is killed in mid-load', async ({ skip }) => {
  if (missing !== null) return skip(missing);
  const heard: Heard[] = [];
  let killed = false;
  const caller = async () => {
    for (let after = 0; after < 5; after += killed ? 1 : 0) heard.push(await ask(false, 'hello'));
  };
  const callers = [caller(), caller(), caller()];
  await Promise.race([...callers, ask(true, 'hello')]);
  await small.close();
  killed = true;
  await Promise.all(callers);
  expect(new Set(heard.map(({ outcome }) => outcome))).toEqual(new Set(['answered']));
  expect(new Set(heard.map(({ provider }) => provider))).toEqual(new Set(['small', 'large']));
  expect(heard.at(-1)?.provider).toBe('large');
});
