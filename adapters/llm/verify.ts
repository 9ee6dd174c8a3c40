// What a provider says it can do and what it does are two things: each capability is tried once, with the smallest
// request that shows it. This costs a few dozen tokens, so a person asks for it; probe.ts is what runs by itself.
import type { Capability } from '../../domain/failover/provider.js';
import { recordOf, recordsOf } from '../../domain/openai/record.js';
import type { Json } from '../../domain/openai/record.js';
import { askOnce } from './ask-once.js';
import type { Asked } from './ask-once.js';
import type { Endpoint } from './endpoint.js';
import { forgetModel, resolveModel } from './models.js';
import { probe } from './probe.js';
import type { Wire } from './wire.js';

export interface VerifyStep {
  readonly step: 'models' | 'chat' | 'stream' | 'tools' | 'embeddings';
  readonly ok: boolean;
  /** Its failure means that the provider does not do its job; false: the step only tells what is offered. */
  readonly needed: boolean;
  readonly ms: number;
  /** One line for a person; no prompt, answer or key. */
  readonly detail: string;
}

export interface VerifyOptions {
  /** As configured; null: everything is tried, and only chat and stream are needed. */
  readonly supports: readonly Capability[] | null;
  /** Longest wait for one step. */
  readonly timeoutMs: number;
  /** Model for embeddings when it is another one. */
  readonly embeddingModel?: string | null;
  readonly onStep?: (step: VerifyStep) => void;
}

type Found = Omit<VerifyStep, 'step' | 'needed'>;

// Room for a model that thinks before it says its word.
const FEW_TOKENS = 256;
const PROMPT = [{ role: 'user', content: 'Reply with the word ok.' }];
const TOOL = {
  type: 'function',
  function: {
    name: 'current_time',
    description: 'The current time in a city.',
    parameters: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] },
  },
};

/** Tries one capability after the other; steps that the configuration rules out are left out. Never rejects. */
export async function verifyProvider(
  wire: Wire,
  endpoint: Endpoint,
  options: VerifyOptions,
): Promise<readonly VerifyStep[]> {
  const { supports, timeoutMs, onStep } = options;
  const steps: VerifyStep[] = [];
  async function run(step: VerifyStep['step'], needed: boolean, look: () => Promise<Found>): Promise<void> {
    const found = { step, needed, ...(await look()) };
    steps.push(found);
    onStep?.(found);
  }
  const wants = (capability: Capability): boolean => supports?.includes(capability) ?? true;
  const post = (path: '/chat/completions' | '/embeddings', body: Json, form: 'plain' | 'stream') =>
    askOnce(wire, endpoint, { path, body, form }, timeoutMs);

  await run('models', false, () => lookModels(wire, endpoint, timeoutMs));
  forgetModel(endpoint);
  const resolved = await resolveModel(wire, endpoint);
  const model = resolved.kind === 'model' ? resolved.model : null;
  const why = resolved.kind === 'fault' ? resolved.observation.detail : 'no model is loaded';
  const withModel = (name: string | null, look: (name: string) => Promise<Found>) => (): Promise<Found> =>
    name === null ? Promise.resolve({ ok: false, ms: 0, detail: why }) : look(name);

  if (wants('chat')) {
    const chat = (name: string) => post('/chat/completions', ask(name), 'plain').then(judgeChat);
    await run('chat', true, withModel(model, chat));
  }
  if (wants('stream') && wants('chat')) {
    const stream = (name: string) => post('/chat/completions', ask(name), 'stream').then(judgeStream);
    await run('stream', true, withModel(model, stream));
  }
  if (wants('tools') && wants('chat')) {
    const tools = (name: string) => post('/chat/completions', askTool(name), 'plain').then(judgeTools);
    await run('tools', supports !== null, withModel(model, tools));
  }
  if (wants('embeddings')) {
    const embed = (name: string) =>
      post('/embeddings', { model: name, input: 'ok' }, 'plain').then(judgeEmbeddings);
    await run('embeddings', supports !== null, withModel(options.embeddingModel ?? model, embed));
  }
  return steps;
}

async function lookModels(wire: Wire, endpoint: Endpoint, timeoutMs: number): Promise<Found> {
  const { state, ms, detail } = await probe(wire, endpoint, timeoutMs);
  return { ok: state === 'good', ms, detail };
}

function ask(model: string): Json {
  return { model, messages: PROMPT, max_tokens: FEW_TOKENS };
}

function askTool(model: string): Json {
  const messages = [{ role: 'user', content: 'What time is it in Rome? Call the tool.' }];
  return { model, messages, max_tokens: FEW_TOKENS, tools: [TOOL] };
}

function judgeChat(asked: Asked): Found {
  const json = answerOf(asked);
  if (json === null) return failure(asked);
  const usage = recordOf(json['usage']) === null ? 'without usage' : 'with usage';
  return { ok: true, ms: asked.ms, detail: `answered${named(json['model'])}, ${usage}` };
}

function judgeStream(asked: Asked): Found {
  const { end, ms, firstMs, sawUsage } = asked;
  if (end.kind !== 'complete') return failure(asked);
  if (end.answer !== null) return { ok: false, ms, detail: 'answers whole though a stream was asked for' };
  const parts = [
    firstMs === null ? 'no content' : `first content after ${firstMs} ms`,
    'finished',
    end.sawDone ? '[DONE]' : 'no [DONE]',
    sawUsage ? 'usage' : 'no usage',
  ];
  return { ok: firstMs !== null, ms, detail: `${parts.join(', ')}${named(asked.model)}` };
}

function judgeTools(asked: Asked): Found {
  const json = answerOf(asked);
  if (json === null) return failure(asked);
  const calls = recordsOf(json['choices']).flatMap((choice) =>
    recordsOf(recordOf(choice['message'])?.['tool_calls']),
  );
  return {
    ok: calls.length > 0,
    ms: asked.ms,
    detail: calls.length > 0 ? 'calls tools' : 'did not call the tool',
  };
}

function judgeEmbeddings(asked: Asked): Found {
  const json = answerOf(asked);
  if (json === null) return failure(asked);
  const vector = recordsOf(json['data'])[0]?.['embedding'];
  if (!Array.isArray(vector)) return { ok: false, ms: asked.ms, detail: 'no list of numbers came' };
  return { ok: vector.length > 0, ms: asked.ms, detail: `${vector.length} dimensions` };
}

function answerOf({ end }: Asked): Json | null {
  return end.kind === 'complete' ? (end.answer?.json ?? null) : null;
}

function failure({ end, ms }: Asked): Found {
  if (end.kind === 'fault')
    return { ok: false, ms, detail: `${end.observation.fault}: ${end.observation.detail}` };
  return {
    ok: false,
    ms,
    detail: end.kind === 'aborted' ? `no answer in ${ms} ms` : 'an answer without a body',
  };
}

function named(model: unknown): string {
  return typeof model === 'string' ? ` as ${model}` : '';
}
