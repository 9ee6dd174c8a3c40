// "OpenAI-compatible" ends at the first error: each provider puts code, type and message elsewhere.
import { recordOf } from '../openai/record.js';
import type { Json } from '../openai/record.js';

export interface ErrorFields {
  /** Every code and type that is named, from the outermost in. */
  readonly codes: readonly string[];
  /** A code that is an HTTP status: the true one of an error that came with another status, or in a stream. */
  readonly status: number | null;
  /** The request's field that is complained about; '' when none. */
  readonly param: string;
  /** All that is said in words, at most 2,000 characters. May repeat a prompt: it is matched, never told. */
  readonly message: string;
  /** The provider names reasons for which it flagged the prompt (OpenRouter). */
  readonly flagged: boolean;
}

/**
 * Reads `{error: {message, type, param, code}}` (OpenAI), `{error: "…"}` (Ollama, LM Studio), `{object: "error", message}`
 * (older vLLM, Mistral), `{detail}` (FastAPI), `error.innererror` (Azure), `error.metadata` (OpenRouter, with the
 * real provider's words in `raw`) and an error inside the first choice of a stream. `text` stands in for an answer that is not JSON.
 */
export function errorFields(json: Json | null, text: string): ErrorFields {
  const choice = Array.isArray(json?.['choices']) ? recordOf(json['choices'][0]) : null;
  const error = recordOf(json?.['error']) ?? recordOf(choice?.['error']) ?? json;
  const inner = recordOf(error?.['innererror']);
  const metadata = recordOf(error?.['metadata']);
  const words = [
    json === null ? text : '',
    wordsOf(json?.['error']),
    wordsOf(error?.['message']),
    wordsOf(error?.['detail']),
    wordsOf(metadata?.['raw']),
  ];
  const codes = [
    error?.['code'],
    error?.['type'],
    inner?.['code'],
    json?.['code'],
    json?.['type'],
    metadata?.['error_type'],
  ];
  return {
    codes: codes.filter((code): code is string => typeof code === 'string' && code !== ''),
    status: codes.map(statusOf).find((status) => status !== null) ?? statusOf(error?.['status']),
    param: typeof error?.['param'] === 'string' ? error['param'] : '',
    message: words
      .filter((word) => word !== '')
      .join('\n')
      .slice(0, 2000),
    flagged: Array.isArray(metadata?.['reasons']) || typeof metadata?.['flagged_input'] === 'string',
  };
}

function wordsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null && !('message' in value) ? JSON.stringify(value) : '';
}

function statusOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && number >= 400 && number <= 599 ? number : null;
}
