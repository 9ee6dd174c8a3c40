// From the configuration to what the decisions and the wire need of each provider. One place, so that every lane means the same.
import type { Endpoint } from '../adapters/llm/endpoint.js';
import type { Config } from '../config/types.js';
import { unsetUnder } from '../config/unset.js';
import type { FailoverRules, ProviderRules } from '../domain/failover/provider.js';

/** A provider that may be called. */
export interface UsableProvider {
  readonly rules: ProviderRules;
  readonly endpoint: Endpoint;
}

/** A provider whose variables have no value: shown, never called. */
export interface UnusableProvider {
  readonly rules: ProviderRules;
  readonly baseUrl: string;
  readonly unset: readonly string[];
}

export interface Roster {
  readonly usable: readonly UsableProvider[];
  readonly unusable: readonly UnusableProvider[];
  readonly failover: FailoverRules;
}

/** Providers and policy as configured. */
export function rosterOf(config: Pick<Config, 'providers' | 'unset'>): Roster {
  const { providers, failover } = config.providers;
  const usable: UsableProvider[] = [];
  const unusable: UnusableProvider[] = [];
  providers.forEach((each, index) => {
    const rules: ProviderRules = {
      name: each.name,
      priority: each.priority,
      weight: each.weight,
      cost: each.cost ?? null,
      model: each.model,
      embeddingModel: each.embedding_model ?? null,
      tries: 1 + Math.min(each.retry, failover.max_retries_per_provider),
      timeout: each.timeout,
      location: each.location,
      contextLength: each.context_length ?? null,
      supports: each.supports ?? null,
      threshold: each.circuit_breaker.failure_threshold,
      openFor: each.circuit_breaker.timeout_seconds * 1000,
    };
    const unset = unsetUnder(config, 'providers', `providers[${String(index)}]`);
    const baseUrl = each.base_url.replace(/\/+$/, '');
    if (unset.length > 0) unusable.push({ rules, baseUrl, unset });
    else {
      const endpoint = { name: each.name, baseUrl, apiKey: each.api_key ?? null, model: each.model };
      usable.push({ rules, endpoint });
    }
  });
  return {
    usable,
    unusable,
    failover: {
      mode: failover.mode,
      globalTimeout: failover.global_timeout,
      window: failover.window_seconds * 1000,
      hedgeAfter: failover.hedge_after,
      firstByteTimeout: failover.first_byte_timeout ?? null,
      idleTimeout: failover.idle_timeout ?? null,
      halfOpenMax: failover.half_open_max,
      midStream: failover.mid_stream,
      localToRemote: failover.local_to_remote,
    },
  };
}
