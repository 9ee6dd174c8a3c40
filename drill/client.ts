// Somebody who uses the LLM: real calls over HTTP, timed from outside. It also asks stand-ins directly, to prove their faults.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../domain/errors.js';

export interface Answer {
  /** ms since the epoch. */
  readonly began: number;
  /** ms until all of it was there, or until it failed. */
  readonly ms: number;
  /** ms until the first content; null: there was none, or it came as a whole. */
  readonly first: number | null;
  /** A whole answer with its end. */
  readonly ok: boolean;
  /** null: there was no HTTP answer. */
  readonly status: number | null;
  /** Who answered, as the gateway says. */
  readonly provider: string | null;
  readonly text: string;
  /** Why it is no answer: an error's code, or what happened on the wire. */
  readonly error: string | null;
}

export interface AskOptions {
  readonly stream?: boolean;
  /** ms until we go away; 20 s. */
  readonly patience?: number;
  /** What is asked; `hello`. */
  readonly prompt?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** One call to `<base>/v1/chat/completions`. Never throws. */
export async function ask(base: string, options: AskOptions = {}): Promise<Answer> {
  const { stream = false, patience = 20_000, prompt = 'hello', headers = {} } = options;
  const began = Date.now();
  const from = performance.now();
  const sofar = { status: null as number | null, provider: null as string | null };
  const end = (rest: Pick<Answer, 'ok' | 'text' | 'error'> & { readonly first?: number | null }): Answer => ({
    ...{ began, ms: performance.now() - from, first: null },
    ...sofar,
    ...rest,
  });
  try {
    const response = await fetch(`${base}/v1/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: prompt }] }),
      signal: AbortSignal.timeout(patience),
    });
    sofar.status = response.status;
    sofar.provider = response.headers.get('x-nxs-provider');
    if (!response.ok) return end({ ok: false, text: '', error: codeOf(await response.text()) });
    if (stream) return end(await readStream(response, from));
    const whole = (await response.json()) as Whole;
    const { finish_reason: finish, message } = whole.choices[0] ?? {};
    const ok = typeof finish === 'string';
    return end({ ok, text: message?.content ?? '', error: ok ? null : 'no end' });
  } catch (error) {
    return end({ ok: false, text: '', error: reasonOf(error) });
  }
}

interface Whole {
  readonly choices: readonly {
    readonly finish_reason?: string | null;
    readonly message?: { readonly content?: string };
    readonly delta?: { readonly content?: string };
  }[];
}

interface Streamed {
  readonly ok: boolean;
  readonly text: string;
  readonly error: string | null;
  readonly first: number | null;
}

async function readStream(response: Response, from: number): Promise<Streamed> {
  let rest = '';
  let text = '';
  let first: number | null = null;
  let finished = false;
  let error: string | null = null;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body ?? []) {
      rest += decoder.decode(chunk as Uint8Array, { stream: true });
      const lines = rest.split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (!line.startsWith('data: ') || line === 'data: [DONE]') continue;
        const data = line.slice('data: '.length);
        const event = JSON.parse(data) as Partial<Whole> & { error?: unknown };
        if (event.error !== undefined) error = codeOf(data);
        const choice = event.choices?.[0];
        const content = choice?.delta?.content ?? '';
        if (content !== '') first ??= performance.now() - from;
        text += content;
        finished ||= typeof choice?.finish_reason === 'string';
      }
    }
  } catch (broken) {
    return { ok: false, text, first, error: error ?? reasonOf(broken) };
  }
  const ok = finished && error === null;
  return { ok, text, first, error: ok ? null : (error ?? 'the stream ended without its end') };
}

/** `code` or `type` of an OpenAI-shaped error. */
function codeOf(text: string): string {
  try {
    const { error } = JSON.parse(text) as {
      error?: { code?: string | null; type?: string; message?: string };
    };
    return error?.code ?? error?.message ?? error?.type ?? 'an error without words';
  } catch {
    return 'an error that is not OpenAI-shaped';
  }
}

// fetch() says only "fetch failed"; what happened is in the cause.
function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'no answer in time';
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorMessage(cause);
}

export interface Client {
  /** So far, oldest first. */
  answers(): readonly Answer[];
  /** Ends after the call that runs. */
  stop(): Promise<readonly Answer[]>;
}

/** One call after the other, `every` ms apart, until it is stopped. */
export function keepAsking(base: () => string, every: number): Client {
  const answers: Answer[] = [];
  const over = new AbortController();
  const loop = (async () => {
    while (!over.signal.aborted) {
      answers.push(await ask(base()));
      await sleep(every, undefined, { signal: over.signal }).catch(() => undefined);
    }
  })();
  return {
    answers: () => answers,
    async stop() {
      over.abort();
      await loop;
      return answers;
    },
  };
}

/** `7 of 9 calls failed, the first with ECONNREFUSED`; null: none did. */
export function failures(answers: readonly Answer[]): string | null {
  const bad = answers.filter(({ ok }) => !ok);
  const [first] = bad;
  if (first === undefined) return null;
  const why = first.error ?? `status ${String(first.status)}`;
  return `${bad.length} of ${answers.length} calls failed, the first with "${why}" after ${Math.round(first.ms)} ms`;
}
