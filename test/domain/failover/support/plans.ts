// Providers and requests for tests of the plan: everything by default, so that a test names only what it is about.
import { plan, type Plan } from '../../../../domain/failover/plan.js';
import type { FailoverRules, ProviderRules } from '../../../../domain/failover/provider.js';
import type { RequestFacts } from '../../../../domain/failover/request.js';

/** A remote provider without wishes. */
export function provider(name: string, more: Partial<ProviderRules> = {}): ProviderRules {
  return {
    name,
    priority: 1,
    weight: 1,
    cost: null,
    model: `${name}-model`,
    embeddingModel: null,
    tries: 2,
    timeout: 30_000,
    location: 'remote',
    contextLength: null,
    supports: null,
    threshold: 3,
    openFor: 30_000,
    ...more,
  };
}

const failover: FailoverRules = {
  mode: 'sequential',
  globalTimeout: 300_000,
  window: 60_000,
  hedgeAfter: 4_000,
  firstByteTimeout: null,
  idleTimeout: null,
  halfOpenMax: 1,
  midStream: 'error',
  localToRemote: 'allow',
};

export const facts: RequestFacts = {
  kind: 'chat',
  stream: false,
  needs: [],
  model: null,
  only: null,
  localOnly: false,
  promptTokens: 10,
};

export interface Wishes {
  readonly facts?: Partial<RequestFacts>;
  readonly failover?: Partial<FailoverRules>;
  readonly switched?: string;
  readonly suspects?: readonly string[];
  readonly random?: () => number;
}

/** The plan of one chat request, with what the test changes. */
export function planned(providers: readonly ProviderRules[], wishes: Wishes = {}): Plan {
  return plan({
    providers,
    failover: { ...failover, ...wishes.failover },
    facts: { ...facts, ...wishes.facts },
    switched: wishes.switched ?? null,
    suspects: new Set(wishes.suspects),
    random: wishes.random ?? (() => 0),
  });
}

/** Its order, as names. */
export function names(providers: readonly ProviderRules[], wishes?: Wishes): string {
  return planned(providers, wishes)
    .order.map(({ name }) => name)
    .join(' ');
}
