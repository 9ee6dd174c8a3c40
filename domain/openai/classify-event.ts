// Runs once per token: one JSON.parse, one object, and no list unless a choice has ended.
import { isTooDeep } from './depth.js';
import { recordOf } from './record.js';
import type { Json } from './record.js';
import type { StreamEvent } from './stream-event.js';

const NONE: readonly number[] = [];

/** An event that carries nothing: a comment, or the end mark. */
export function emptyEvent(raw: string, kind: 'comment' | 'done'): StreamEvent {
  return {
    raw,
    kind,
    json: null,
    hasContent: false,
    text: '',
    hasToolCall: false,
    hasOther: false,
    finished: NONE,
    hasUsage: false,
  };
}

/**
 * What one `data` of a stream says; null when it is not a JSON object. `failed`: the event was named
 * `error`, so its data is one whatever it looks like. Errors come in five shapes: `{error: {…}}` (OpenAI, llama.cpp),
 * `{error: "…"}` (Ollama, LM Studio), `{object: "error"}` (older vLLM), an `error` or a `finish_reason: "error"`
 * inside a choice (OpenRouter, which sends it beside what looks like a normal end).
 */
export function classifyData(raw: string, data: string, failed: boolean): StreamEvent | null {
  const json = parse(data);
  if (json === null) return null;
  const seen: Seen = {
    text: '',
    content: false,
    tool: false,
    other: false,
    failed: failed || isError(json),
    finished: NONE,
  };
  const choices = json['choices'];
  if (Array.isArray(choices)) {
    for (let at = 0; at < choices.length; at += 1) readChoice(choices[at], at, seen);
  }
  return {
    raw,
    kind: seen.failed ? 'error' : 'chunk',
    json,
    hasContent: seen.content,
    text: seen.text,
    hasToolCall: seen.tool,
    hasOther: seen.other,
    finished: seen.finished,
    hasUsage: recordOf(json['usage']) !== null,
  };
}

interface Seen {
  text: string;
  content: boolean;
  tool: boolean;
  other: boolean;
  failed: boolean;
  finished: readonly number[];
}

function parse(data: string): Json | null {
  try {
    return isTooDeep(data) ? null : recordOf(JSON.parse(data));
  } catch {
    return null;
  }
}

function isError(json: Json): boolean {
  const error = json['error'];
  return (error !== undefined && error !== null && error !== false) || json['object'] === 'error';
}

function readChoice(value: unknown, at: number, seen: Seen): void {
  const choice = recordOf(value);
  if (choice === null) return;
  const index = typeof choice['index'] === 'number' ? choice['index'] : at;
  const reason = choice['finish_reason'];
  if (reason === 'error' || recordOf(choice['error']) !== null) seen.failed = true;
  else if (typeof reason === 'string' && reason !== '') seen.finished = [...seen.finished, index];
  const delta = recordOf(choice['delta']);
  if (delta !== null) readDelta(delta, index, seen);
  else readText(choice['text'], index, seen);
}

function readText(value: unknown, index: number, seen: Seen): void {
  if (typeof value !== 'string' || value === '') return;
  seen.content = true;
  if (index === 0) seen.text += value;
  else seen.other = true;
}

// By name, not "anything that is filled": some providers repeat their own name or an empty frame in every
// delta, and to take that for content would end the time in which a failover goes unseen.
function readDelta(delta: Json, index: number, seen: Seen): void {
  for (const key in delta) {
    switch (key) {
      case 'content':
        if (Array.isArray(delta[key])) readOther(delta[key], seen);
        else readText(delta[key], index, seen);
        break;
      case 'tool_calls':
      case 'function_call':
        if (isFilled(delta[key])) {
          seen.content = true;
          seen.tool = true;
          seen.other = true;
        }
        break;
      case 'reasoning_content':
      case 'reasoning':
      case 'reasoning_details':
      case 'thinking':
      case 'refusal':
      case 'audio':
      case 'images':
      case 'annotations':
        readOther(delta[key], seen);
        break;
      default:
    }
  }
}

function readOther(value: unknown, seen: Seen): void {
  if (!isFilled(value)) return;
  seen.content = true;
  seen.other = true;
}

function isFilled(value: unknown): boolean {
  if (typeof value === 'string' || Array.isArray(value)) return value.length > 0;
  return recordOf(value) !== null;
}
