// What goes wrong with a provider, and when: chosen anew every now and then until it is told to stop.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Reply } from '../../support/llm-reply.js';
import type { ScriptedUpstream } from '../../support/llm-upstream.js';

const LONGEST_MS = 3000;
const error = (status: number, code: string | null = null): Reply => ({
  kind: 'error',
  status,
  message: 'trouble',
  code,
});

/** A reply; nothing wrong for two thirds of the time, so that most calls are answered. */
function choose(random: () => number): Reply {
  const after = Math.floor(random() * 60);
  const replies: readonly Reply[] = [
    error(500),
    error(503),
    error(429, 'rate_limit_exceeded'),
    error(401, 'invalid_api_key'),
    error(404, 'model_not_found'),
    { kind: 'reset' },
    { kind: 'silent' },
    { kind: 'slow', first: random() * 1000 },
    { kind: 'cut', after, how: 'ended' },
    { kind: 'cut', after, how: 'broken' },
    { kind: 'stall', after, pause: random() * 3000 },
    { kind: 'garbled', at: after },
    { kind: 'no_done', open: false },
    { kind: 'no_done', open: true },
  ];
  const index = Math.floor(random() * replies.length * 3);
  return replies[index] ?? { kind: 'answer' };
}

/** Troubles it until `signal` aborts, and leaves it well. */
export async function trouble(
  provider: ScriptedUpstream,
  random: () => number,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const refuses = random() < 0.08;
    if (refuses) await provider.stop();
    const reply = choose(random);
    // Now and then only one request in two meets it.
    const every = random() < 0.3 ? 2 : 1;
    provider.play((attempt) => (attempt % every === 0 ? reply : { kind: 'answer' }));
    await sleep(random() * LONGEST_MS, null, { signal }).catch(() => undefined);
    if (refuses) await provider.resume();
  }
  provider.play(() => ({ kind: 'answer' }));
}
