// `auto-detect` means the model that is loaded, not one that is downloaded: LM Studio's `/v1/models` names both alike.
import type { Observation } from '../../domain/failover/fault.js';
import type { Json } from '../../domain/openai/record.js';
import type { Endpoint } from './endpoint.js';
import { getJson } from './get-json.js';
import { readLmStudio, readLmStudioOld, readOllamaLoaded, readOpenAi } from './model-lists.js';
import type { ModelList } from './model-lists.js';
import type { Wire } from './wire.js';

/** Longest wait for one list, ms. */
const TIMEOUT = 5_000;

export type ResolvedModel =
  | { readonly kind: 'model'; readonly model: string }
  /** It answers, and has nothing in memory (or no model at all). */
  | { readonly kind: 'none_loaded' }
  | { readonly kind: 'fault'; readonly observation: Observation };

export interface Models {
  readonly ids: readonly string[];
  /** Models in memory; null: the server does not say. */
  readonly loaded: readonly string[] | null;
}

type Listed =
  | { readonly kind: 'list'; readonly list: ModelList; readonly onDemand: boolean }
  | { readonly kind: 'fault'; readonly observation: Observation };

// One question at a time per endpoint, however many requests wait for it; a model that was found stays.
const flights = new WeakMap<Endpoint, Promise<ResolvedModel>>();

/** The model to name in requests: the configured one, or the loaded one. Asks once, until `forgetModel`. Never rejects. */
export function resolveModel(wire: Wire, endpoint: Endpoint): Promise<ResolvedModel> {
  if (endpoint.model !== 'auto-detect') return Promise.resolve({ kind: 'model', model: endpoint.model });
  const known = flights.get(endpoint);
  if (known !== undefined) return known;
  const flight = findLists(wire, endpoint).then((listed) => {
    const found = choose(listed);
    if (found.kind !== 'model' && flights.get(endpoint) === flight) flights.delete(endpoint);
    return found;
  });
  flights.set(endpoint, flight);
  return flight;
}

/** The next `resolveModel` asks again: the provider said that it does not have that model (any more). */
export function forgetModel(endpoint: Endpoint): void {
  flights.delete(endpoint);
}

/** What the provider has, embedding models included; a fault when it cannot be asked. Never rejects. */
export async function listModels(
  wire: Wire,
  endpoint: Endpoint,
): Promise<Models | { readonly kind: 'fault'; readonly observation: Observation }> {
  const listed = await findLists(wire, endpoint);
  return listed.kind === 'fault' ? listed : { ids: listed.list.ids, loaded: listed.list.loaded };
}

function choose(listed: Listed): ResolvedModel {
  if (listed.kind === 'fault') return listed;
  const { ids, loaded } = listed.list.chat;
  // Ollama loads what it is asked for; the others answer 404, or make a person's choice for them.
  const model = loaded?.[0] ?? (loaded === null || listed.onDemand ? ids[0] : undefined);
  return model === undefined ? { kind: 'none_loaded' } : { kind: 'model', model };
}

async function findLists(wire: Wire, endpoint: Endpoint): Promise<Listed> {
  const studio = await ask(wire, endpoint, '/api/v1/models', readLmStudio);
  if (studio !== null) return studio;
  const older = await ask(wire, endpoint, '/api/v0/models', readLmStudioOld);
  if (older !== null) return older;
  const ollama = await ask(wire, endpoint, '/api/ps', readOllamaLoaded);
  if (ollama?.kind === 'fault') return ollama;
  const got = await getJson(wire, endpoint, { path: '/models', timeoutMs: TIMEOUT });
  if (got.kind === 'fault') return got;
  const list = readOpenAi(got.json);
  if (list === null) {
    const detail = 'the list of models is none';
    return { kind: 'fault', observation: { fault: 'malformed', status: null, retryAfter: null, detail } };
  }
  if (ollama === null) return { kind: 'list', list, onDemand: false };
  const both: ModelList = {
    ids: list.ids,
    loaded: ollama.list.loaded,
    chat: { ids: list.chat.ids, loaded: ollama.list.chat.loaded },
  };
  return { kind: 'list', list: both, onDemand: true };
}

// null: this server does not have that list. Only a server that cannot be reached at all ends the search.
async function ask(
  wire: Wire,
  endpoint: Endpoint,
  path: string,
  read: (json: Json | null) => ModelList | null,
): Promise<Listed | null> {
  const got = await getJson(wire, endpoint, { path, beside: true, timeoutMs: TIMEOUT });
  if (got.kind === 'fault') return got.observation.status === null ? got : null;
  const list = read(got.json);
  return list === null ? null : { kind: 'list', list, onDemand: false };
}
