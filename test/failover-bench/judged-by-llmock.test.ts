// llmock watches its clients and says what they do wrong: retries too early, retries what cannot succeed, takes a truncated
// stream for an answer. LiteLLM and Portkey do not pass its truncation.
import { expect, it } from 'vitest';
import { ANSWER } from '../support/llm-answer.js';
import { callChat } from '../support/llm-caller.js';
import { startGateway } from '../support/llm-gateway.js';
import { judgeHeard } from '../support/llm-heard.js';
import { findPeers } from '../support/llm-peers.js';
import { openLlmock, type Llmock } from './support/llmock.js';

const MODEL = 'mock';

/**
 * One call through a fresh gateway before these providers; its text must be whole. Each prompt is another one: llmock takes
 * what comes again for a retry.
 */
async function answered(prompt: string, ...providers: readonly Llmock[]): Promise<void> {
  const rows = providers.map(({ url }, index) => ({
    name: `mock-${index}`,
    base_url: url,
    model: MODEL,
    priority: index + 1,
  }));
  const running = await startGateway(JSON.stringify({ providers: rows }));
  try {
    const heard = judgeHeard(
      await callChat({ url: running.url, stream: false, patience: 20_000, prompt }),
      ANSWER,
    );
    expect(heard).toMatchObject({ outcome: 'answered', text: ANSWER });
  } finally {
    await running.close();
  }
}

it('it finds nothing wrong after errors of the first provider', async ({ skip }) => {
  const { python } = await findPeers();
  if ('reason' in python) return skip(python.reason);
  const [first, second] = await Promise.all([openLlmock(python.path, MODEL), openLlmock(python.path, MODEL)]);
  try {
    const faults = [
      { type: 'fail', status: 429, retry_after: 1 },
      { type: 'fail', status: 500 },
      { type: 'fail', status: 503 },
      { type: 'fail', status: 401 },
      { type: 'fail', status: 404 },
    ];
    for (const fault of faults) {
      await first.queue(fault);
      await answered(`call with ${JSON.stringify(fault)}`, first, second);
    }
    const [verdict, other] = [await first.verdict(), await second.verdict()];
    expect(verdict.text).not.toContain('FAIL');
    expect(verdict).toMatchObject({ errors: 0 });
    expect(verdict.faults).toBeGreaterThanOrEqual(faults.length);
    expect(other).toMatchObject({ errors: 0, faults: 0 });
  } finally {
    await Promise.all([first.close(), second.close()]);
  }
}, 90_000);

// Both providers are the same server, so that it sees the call come again after the stream that broke.
it.for(['truncate', 'disconnect', 'malformed'])(
  'it finds nothing wrong after a stream with a fault: %s',
  { timeout: 90_000 },
  async (kind, { skip }) => {
    const { python } = await findPeers();
    if ('reason' in python) return skip(python.reason);
    const mock = await openLlmock(python.path, MODEL, { type: 'stream_fault', kind, after_chunks: 20 });
    try {
      await answered(kind, mock, mock);
      const verdict = await mock.verdict();
      expect(verdict.text).not.toContain('FAIL');
      expect(verdict).toMatchObject({ errors: 0, faults: 1 });
    } finally {
      await mock.close();
    }
  },
);
