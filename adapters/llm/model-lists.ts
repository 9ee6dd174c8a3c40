// What servers call "the models". Only some of these lists say what is in memory, and to ask for another model means
// minutes of loading, or an error: so the lists that know are read first.
import { recordOf, recordsOf } from '../../domain/openai/record.js';
import type { Json } from '../../domain/openai/record.js';

export interface ModelList {
  readonly ids: readonly string[];
  /** Models in memory; null: this list does not say. */
  readonly loaded: readonly string[] | null;
  /** The same two without embedding models. */
  readonly chat: { readonly ids: readonly string[]; readonly loaded: readonly string[] | null };
}

interface Entry {
  readonly id: string;
  readonly embedding: boolean;
  /** Names under which it is in memory; null: unknown. */
  readonly loaded: readonly string[] | null;
}

/** LM Studio 0.4, `/api/v1/models`: `{models: [{key, type, loaded_instances: [{id}]}]}`; null when it is not that. */
export function readLmStudio(json: Json | null): ModelList | null {
  if (!Array.isArray(json?.['models'])) return null;
  const models = recordsOf(json['models']).filter((model) => Array.isArray(model['loaded_instances']));
  if (models.length === 0 && json['models'].length > 0) return null;
  return listOf(
    models.map((model) => {
      const id = text(model['key']) || text(model['id']);
      const loaded = recordsOf(model['loaded_instances']).map((instance) => text(instance['id']) || id);
      return { id, embedding: isEmbedding(id, model['type']), loaded };
    }),
  );
}

/** LM Studio before 0.4, `/api/v0/models`: `{data: [{id, type, state}]}`; null when it is not that. */
export function readLmStudioOld(json: Json | null): ModelList | null {
  const models = recordsOf(json?.['data']);
  if (models.length === 0 || models.some((model) => typeof model['state'] !== 'string')) return null;
  return listOf(
    models.map((model) => {
      const id = text(model['id']);
      const loaded = model['state'] === 'loaded' ? [id] : [];
      return { id, embedding: isEmbedding(id, model['type']), loaded };
    }),
  );
}

/** Ollama, `/api/ps`: `{models: [{name, model}]}`, all of them in memory; null when it is not that. */
export function readOllamaLoaded(json: Json | null): ModelList | null {
  if (!Array.isArray(json?.['models'])) return null;
  const ids = recordsOf(json['models']).map((model) => text(model['name']) || text(model['model']));
  return listOf(ids.map((id) => ({ id, embedding: isEmbedding(id, null), loaded: [id] })));
}

/** `/v1/models` of anybody: `{data: [{id}]}`; llama.cpp's router adds `status.value`. null when it is not that. */
export function readOpenAi(json: Json | null): ModelList | null {
  if (!Array.isArray(json?.['data'])) return null;
  return listOf(
    recordsOf(json['data']).map((model) => {
      const id = text(model['id']);
      const status = recordOf(model['status'])?.['value'];
      const loaded = typeof status === 'string' ? (status === 'loaded' ? [id] : []) : null;
      return { id, embedding: isEmbedding(id, model['type']), loaded };
    }),
  );
}

function listOf(entries: readonly Entry[]): ModelList {
  const named = entries.filter((entry) => entry.id !== '');
  return { ...summary(named), chat: summary(named.filter((entry) => !entry.embedding)) };
}

function summary(entries: readonly Entry[]): ModelList['chat'] {
  const known = entries.filter((entry) => entry.loaded !== null);
  const loaded = entries.flatMap((entry) => entry.loaded ?? []);
  return {
    ids: entries.map((entry) => entry.id),
    loaded: known.length === 0 && entries.length > 0 ? null : loaded,
  };
}

// Most lists have no type, so the name must do: what embeds is named after it, or after its family.
function isEmbedding(id: string, type: unknown): boolean {
  if (typeof type === 'string' && type !== 'model') return /embed|rerank/i.test(type);
  return /embed|rerank|minilm|(^|[/_-])(bge|gte|e5)[-_]/i.test(id);
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
