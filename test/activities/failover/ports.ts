// Ports of the failover activities, with a desk that lets everybody in and files in memory.
import type {
  Claimed,
  FailoverPorts,
  KeptAnswer,
  ProviderCall,
  ProviderEnd,
} from '../../../activities/failover/ports.js';
import { NxsError } from '../../../domain/errors.js';
import type { NamedReading } from '../../../domain/failover/manager.js';
import type { ProviderRules } from '../../../domain/failover/provider.js';
import type { CallEnd } from '../../../domain/failover/record.js';

export const rules = (name: string, more: Partial<ProviderRules> = {}): ProviderRules => ({
  name,
  priority: 1,
  weight: 1,
  cost: null,
  model: `${name}-model`,
  embeddingModel: null,
  tries: 2,
  timeout: 10_000,
  location: 'local',
  contextLength: null,
  supports: null,
  threshold: 3,
  openFor: 30_000,
  ...more,
});

export interface TestPorts extends FailoverPorts {
  readonly settled: { readonly id: string; readonly end: CallEnd }[];
  readonly claims: { readonly tried: readonly string[]; readonly excluded: readonly string[] }[];
  readonly calls: ProviderCall[];
  readonly kept: Map<string, KeptAnswer>;
  readonly looked: NamedReading[];
}

export interface TestWorld {
  readonly providers?: readonly ProviderRules[];
  readonly ask?: (call: ProviderCall) => Promise<ProviderEnd>;
  readonly claim?: () => Claimed;
  readonly more?: Partial<FailoverPorts>;
}

export function testPorts(world: TestWorld = {}): TestPorts {
  const { providers = [rules('a'), rules('b')], more = {} } = world;
  const settled: TestPorts['settled'] = [];
  const claims: TestPorts['claims'] = [];
  const calls: ProviderCall[] = [];
  const looked: NamedReading[] = [];
  const kept = new Map<string, KeptAnswer>();
  const letIn = (excluded: readonly string[]): Claimed => {
    const next = providers.find(({ name }) => !excluded.includes(name));
    if (next === undefined) return { none: { retryAfter: 1_000, reason: 'everybody was tried' } };
    return { grant: { id: `grant-${claims.length}`, provider: next.name, firstByte: 1_000, idle: 1_000 } };
  };
  return {
    settled,
    claims,
    calls,
    kept,
    looked,
    providers,
    front: {
      claim({ tried, excluded }) {
        claims.push({ tried, excluded });
        return Promise.resolve(world.claim?.() ?? letIn(excluded));
      },
      settle(id, end) {
        settled.push({ id, end });
        return Promise.resolve();
      },
      looked(readings) {
        looked.push(...readings);
        return Promise.resolve();
      },
      switchTo: () => Promise.resolve({ order: [] }),
      reset: () => Promise.resolve({ order: [] }),
      troubled: () => Promise.resolve(new Set()),
    },
    files: {
      request: (ref) =>
        ref === 'gone'
          ? Promise.reject(new NxsError('STATE_UNREADABLE', 'gone'))
          : Promise.resolve({ messages: [], model: 'auto' }),
      answer: (ref, number) => Promise.resolve(kept.get(`${ref}/${number}`) ?? null),
      keep(ref, number, answer) {
        kept.set(`${ref}/${number}`, answer);
        return Promise.resolve();
      },
    },
    ask(call) {
      calls.push(call);
      return world.ask?.(call) ?? Promise.resolve(COMPLETE);
    },
    probe: () => Promise.resolve({ state: 'good', detail: '', at: 0 }),
    stopping: new AbortController().signal,
    now: () => Date.now(),
    random: () => 0.5,
    wait: () => Promise.resolve(),
    ...more,
  };
}

export const COMPLETE: ProviderEnd = {
  kind: 'complete',
  status: 200,
  json: { model: 'real', choices: [], usage: { prompt_tokens: 3, completion_tokens: 2 } },
  first: 4,
  whole: 9,
};
