// A gateway, its two providers and their callers. What a caller gets is held against what the provider that is named serves.
import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER, TOKENS } from '../../support/llm-answer.js';
import { callChat } from '../../support/llm-caller.js';
import { judgeHeard, type Heard } from '../../support/llm-heard.js';
import { openUpstream, type ScriptedUpstream } from '../../support/llm-upstream.js';
import { gatewaySystem } from '../support/gateway-system.js';
import { trouble } from './trouble.js';

export interface World {
  readonly counts: Counts;
  /** One sentence for each answer that no honest gateway gives. */
  readonly wrong: readonly string[];
  /** Calls and faults until the signal aborts, then until the last call is over. */
  run(signal: AbortSignal): Promise<void>;
  /** One call without any fault. */
  calm(): Promise<Heard>;
  /** Connections that providers hold open. */
  connections(): number;
  close(): Promise<void>;
}

export interface Counts {
  answered: number;
  errors: number;
  left: number;
}

/** Time-outs are a twentieth of the product's: 1.5 s of silence, 200 ms to a hedge, 1.5 s open. */
const SCALE = 0.05;
const CALLERS = 6;
const PATIENCE_MS = 20_000;
/** Idle connections end soon, so that what is left over can be counted. */
const KEEP_MS = 1500;

export async function openWorld(midStream: 'error' | 'continue', random: () => number): Promise<World> {
  // Only one who may continue another's answer says the same: elsewhere a mixture must show.
  const others = midStream === 'continue' ? TOKENS : TOKENS.toReversed();
  const texts: Readonly<Record<string, string>> = { primary: ANSWER, fallback: others.join('') };
  const primary = await openUpstream({ model: 'primary', pace: 1, keepAlive: KEEP_MS });
  const fallback = await openUpstream({
    model: 'fallback',
    pace: 1,
    tokens: others,
    continuation: 'restart',
  });
  const providers: readonly ScriptedUpstream[] = [primary, fallback];
  const system = await gatewaySystem(midStream)({ primary, fallback, scale: SCALE });
  const counts: Counts = { answered: 0, errors: 0, left: 0 };
  const wrong: string[] = [];

  const ask = async (stream: boolean, patience: number) =>
    judgeHeard(await callChat({ url: system.url, stream, patience }), null);

  async function call(): Promise<void> {
    const stream = random() < 0.6;
    const leaves = random() < 0.1;
    const heard = await ask(stream, leaves ? random() * 300 : PATIENCE_MS);
    if (leaves && heard.outcome === 'hang') counts.left += 1;
    else if (heard.outcome === 'answered' && heard.text === texts[heard.model ?? '']) counts.answered += 1;
    else if (heard.outcome === 'clean_error' && isBeginning(heard.text)) counts.errors += 1;
    else wrong.push(`${heard.outcome} by ${heard.model ?? 'nobody'}, ${heard.text.length} characters`);
  }

  function isBeginning(text: string): boolean {
    return Object.values(texts).some((whole) => whole.startsWith(text));
  }

  async function caller(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await call();
      await sleep(random() * 60);
    }
  }

  return {
    counts,
    wrong,
    async run(signal) {
      const callers = Array.from({ length: CALLERS }, () => caller(signal));
      const troubles = providers.map((provider) => trouble(provider, random, signal));
      await Promise.all([...callers, ...troubles]);
    },
    calm: () => ask(true, PATIENCE_MS),
    connections: () => providers.reduce((sum, each) => sum + each.connections(), 0),
    async close() {
      await system.close();
      await Promise.all(providers.map((each) => each.close()));
    },
  };
}
