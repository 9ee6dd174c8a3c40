// Clients of the gateways: streams and whole answers through the direct lane, keys through the durable one.
import { setTimeout as sleep } from 'node:timers/promises';
import { ask, type Answer } from '../../drill/client.js';
import { SEAL } from '../../drill/stand-ins/seal.js';
import type { KeyedAnswer } from '../checks/acts.js';
import type { CallSeen } from '../checks/gateway.js';
import type { SoakNode } from '../world/node.js';

export interface Asking {
  readonly node: SoakNode;
  readonly random: () => number;
  readonly over: AbortSignal;
  /** Stands in every prompt: it may be nowhere but where bodies are kept. */
  readonly whisper: string;
  readonly told: (call: CallSeen) => void;
  readonly keyed: (answer: KeyedAnswer) => void;
}

const DIRECT_EVERY_MS = 1_200;
const DURABLE_EVERY_MS = 5_000;
const PATIENCE_MS = 75_000;
/** Keys that are asked again. */
const REMEMBERED = 40;

export async function keepAskingDirectly({ node, random, over, whisper, told }: Asking): Promise<void> {
  for (let count = 0; !over.aborted; count += 1) {
    const stream = random() < 0.5;
    const prompt = `${SEAL}${node.name}-d${String(count)}-${whisper}`;
    const answer = await ask(node.plane.http, { stream, prompt, patience: PATIENCE_MS });
    told(seen(node, answer, { lane: 'direct', stream, prompt }));
    await pause(DIRECT_EVERY_MS * (0.5 + random()), over);
  }
}

/** Every third time a key of before is asked again: its answer has to be the same. */
export async function keepAskingDurably(asking: Asking): Promise<readonly string[]> {
  const { node, random, over, whisper } = asking;
  const keys: string[] = [];
  for (let count = 0; !over.aborted; count += 1) {
    const old = keys[Math.floor(random() * keys.length)];
    const key = random() < 0.33 && old !== undefined ? old : `${node.name}-k${String(count)}-${whisper}`;
    await askUnder(asking, key);
    if (!keys.includes(key)) keys.push(key);
    if (keys.length > REMEMBERED) keys.shift();
    await pause(DURABLE_EVERY_MS * (0.5 + random()), over);
  }
  return keys;
}

/** One call of the durable lane. */
export async function askUnder({ node, told, keyed }: Asking, key: string): Promise<boolean> {
  const prompt = `${SEAL}${key}`;
  const answer = await ask(node.plane.http, {
    prompt,
    patience: PATIENCE_MS,
    headers: { 'x-nxs-durable': 'true', 'idempotency-key': key },
  });
  told(seen(node, answer, { lane: 'durable', stream: false, prompt }));
  if (answer.ok) keyed({ key: `${node.name}/${key}`, text: answer.text.trim() });
  return answer.ok;
}

function seen(node: SoakNode, answer: Answer, what: Pick<CallSeen, 'lane' | 'stream' | 'prompt'>): CallSeen {
  const { began, ms, ok, text, status, error, first, provider } = answer;
  return { node: node.name, ...what, began, ended: began + ms, ok, text, status, error, first, provider };
}

async function pause(ms: number, over: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal: over }).catch(() => undefined);
}
