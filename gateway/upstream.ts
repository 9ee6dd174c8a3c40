// The wire behind the engine's port: providers by name, and the loaded model found once and again after a 404.
import { startAttempt } from '../adapters/llm/attempt.js';
import { forgetModel, resolveModel } from '../adapters/llm/models.js';
import type { Endpoint } from '../adapters/llm/endpoint.js';
import type { Wire } from '../adapters/llm/wire.js';
import { because } from './call/because.js';
import type { Upstream } from './call/types.js';

export function upstreamOf(wire: Wire, endpoints: readonly Endpoint[]): Upstream {
  const byName = new Map(endpoints.map((each) => [each.name, each]));
  const loaded = new Map<string, string>();
  const of = (name: string): Endpoint => {
    const endpoint = byName.get(name);
    if (endpoint === undefined) throw new Error(`no such provider: ${name}`);
    return endpoint;
  };
  return {
    start: (name, request, handlers) => startAttempt(wire, of(name), request, handlers),
    model(name) {
      const known = loaded.get(name);
      if (known !== undefined) return known;
      return resolveModel(wire, of(name)).then((found) => {
        if (found.kind === 'fault') return found.observation;
        if (found.kind === 'none_loaded') return because('model_missing', 'no model is loaded');
        loaded.set(name, found.model);
        return found.model;
      });
    },
    forgetModel(name) {
      const endpoint = of(name);
      if (endpoint.model !== 'auto-detect') return false;
      loaded.delete(name);
      forgetModel(endpoint);
      return true;
    },
  };
}
