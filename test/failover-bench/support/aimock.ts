// aimock as a provider: its own HTTP server, streams and errors.
import { LLMock, type Fixture } from '@copilotkit/aimock';
import { ANSWER } from '../../support/llm-answer.js';
import type { Attempt, Upstream } from '../../support/llm-upstream.js';

type Options = Pick<Fixture, 'latency' | 'truncateAfterChunks' | 'disconnectAfterMs' | 'chunkSize'>;
type Failure = { readonly status: number; readonly message: string; readonly code?: string };

/** Answers with the sixty words, or always fails, or fails once. */
export async function startAimock(
  model: string,
  settings: { readonly always?: Failure; readonly once?: Failure; readonly options?: Options } = {},
): Promise<Upstream> {
  const { always, once, options } = settings;
  const mock = new LLMock({ port: 0, host: '127.0.0.1', chunkSize: 12 });
  const response =
    always === undefined ? { content: ANSWER } : { status: always.status, error: errorOf(always) };
  mock.on({}, response, options);
  if (once !== undefined) mock.nextRequestError(once.status, errorOf(once));
  await mock.start();
  const attempts = (): Attempt[] =>
    mock
      .getRequests()
      .filter(({ method }) => method === 'POST')
      .map(({ timestamp, body }) => {
        const asked = (body ?? {}) as { stream?: boolean; messages?: { role: string }[] };
        const prefilled = asked.messages?.at(-1)?.role === 'assistant';
        return { at: timestamp - performance.timeOrigin, stream: asked.stream === true, prefilled };
      });
  return { url: `${mock.url}/v1`, model, attempts, close: () => mock.stop() };
}

function errorOf({ message, code }: Failure): { message: string; type: string; code?: string } {
  return { message, type: 'invalid_request_error', ...(code === undefined ? {} : { code }) };
}
