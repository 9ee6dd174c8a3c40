// An LLM stand-in as scenarios handle it.
import { ask, type Answer, type AskOptions } from '../client.js';
import type { Child, Kit } from '../scenario.js';
import type { LlmFault, LlmState } from './llm-fault.js';
import { standIn } from './paths.js';

export interface Llm {
  readonly name: string;
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** Runs when it did not; answers when it resolves. */
  start(): Promise<void>;
  /** kill -9; gone when it resolves. */
  kill(): Promise<void>;
  fault(fault: LlmFault): Promise<void>;
  state(): Promise<LlmState>;
  /** Asked by us, past the product. */
  ask(options?: AskOptions): Promise<Answer>;
}

export async function openLlm(kit: Kit, name: string): Promise<Llm> {
  const port = await kit.port();
  const url = `http://127.0.0.1:${port}`;
  let child: Child | null = null;
  const control = async (init: RequestInit): Promise<LlmState> => {
    const response = await fetch(`${url}/control`, { ...init, signal: AbortSignal.timeout(5000) });
    return (await response.json()) as LlmState;
  };
  const llm: Llm = {
    name,
    url,
    async start() {
      if (child !== null) return;
      child = await kit.spawn(`llm-${name}`, [process.execPath, standIn('llm'), String(port), name]);
      await kit.until(`the stand-in ${name} listens`, 15_000, () => control({ method: 'GET' }));
    },
    async kill() {
      child?.kill('SIGKILL');
      await child?.ended;
      child = null;
    },
    async fault(fault) {
      await control({ method: 'PUT', body: fault });
    },
    state: () => control({ method: 'GET' }),
    ask: (options) => ask(url, options),
  };
  await llm.start();
  return llm;
}

/** An entry of providers.yaml: a short silence and open time keep a scenario short, everything else is as by default. */
export function providerEntry({ name, url }: Llm, priority: number): object {
  return {
    name,
    base_url: `${url}/v1`,
    model: name,
    priority,
    timeout: '5s',
    circuit_breaker: { failure_threshold: 3, timeout_seconds: OPEN_MS / 1000 },
  };
}

/** How long a breaker of a drill stays open, ms. */
export const OPEN_MS = 3000;
