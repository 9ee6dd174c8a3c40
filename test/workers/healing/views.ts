// Providers as the front has them, for the tests beside this file.
import type { ProvidersView, ProviderView } from '../../../gateway/view.js';

export function provider(name: string, more: Partial<ProviderView> = {}): ProviderView {
  return {
    name,
    model: 'a-model',
    base_url: 'http://127.0.0.1:1/v1',
    location: 'remote',
    priority: 1,
    state: 'closed',
    active: false,
    since: null,
    open_until: null,
    reason: null,
    failures: 0,
    threshold: 3,
    cooling_until: null,
    suspect: false,
    health: null,
    hedge_after: 1000,
    unset: [],
    ...more,
  };
}

export function health(state: 'good' | 'bad' | 'unknown'): ProviderView['health'] {
  return { state, detail: state, at: '2026-11-29T00:00:00.000Z' };
}

export function view(providers: readonly ProviderView[], switchedTo: string | null = null): ProvidersView {
  const by = { until: null, by: 'carol', at: '2026-11-29T00:00:00.000Z' };
  return { mode: 'sequential', switch: switchedTo === null ? null : { to: switchedTo, ...by }, providers };
}
