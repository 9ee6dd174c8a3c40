// llmock as a provider: faults are queued over its control API, and it judges its client by what it saw.
import { ANSWER } from '../../support/llm-answer.js';
import { startLlmock } from '../../support/llm-peers.js';
import type { Attempt, Upstream } from '../../support/llm-upstream.js';

export interface Llmock extends Upstream {
  queue(...behaviours: readonly object[]): Promise<void>;
  /** What it thinks of its client. */
  verdict(): Promise<{ readonly errors: number; readonly faults: number; readonly text: string }>;
}

interface Seen {
  readonly method: string;
  readonly started_at: number;
  readonly stream: boolean;
  readonly body: { readonly messages?: readonly { readonly role: string }[] } | null;
}

/** Says the sixty words; what is queued comes first. */
export async function openLlmock(
  pythonPath: string,
  model: string,
  ...behaviours: readonly object[]
): Promise<Llmock> {
  const peer = await startLlmock(pythonPath);
  const control = async (path: string, init?: RequestInit) => fetch(`${peer.url}/_llmock/${path}`, init);
  const queue = async (...more: readonly object[]) => {
    const answer = await control('scenario', { method: 'POST', body: JSON.stringify({ behaviors: more }) });
    if (answer.status !== 201) throw new Error(`llmock: ${await answer.text()}`);
  };
  await queue(...behaviours, { type: 'reply', text: ANSWER, times: null });
  return {
    url: `${peer.url}/v1`,
    model,
    queue,
    close: () => peer.close(),
    async attempts() {
      const { requests } = (await (await control('requests')).json()) as { requests: readonly Seen[] };
      // Python's monotonic clock is that of the machine, as hrtime is.
      const offset = Number(process.hrtime.bigint()) / 1e6 - performance.now();
      return requests
        .filter(({ method }) => method === 'POST')
        .map(({ started_at, stream, body }): Attempt => {
          const prefilled = body?.messages?.at(-1)?.role === 'assistant';
          return { at: started_at * 1000 - offset, stream, prefilled };
        });
    },
    async verdict() {
      const json = (await (await control('verdict')).json()) as { errors: number; faults_injected: number };
      const text = await (await control('verdict?format=text')).text();
      return { errors: json.errors, faults: json.faults_injected, text };
    },
  };
}
