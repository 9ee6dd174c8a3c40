import { describe, expect, it } from 'vitest';
import { chatChunk, chatCompletion, sse } from './llm-answer.js';
import { judgeHeard, type Outcome } from './llm-heard.js';
import type { Raw } from './llm-caller.js';

const text = sse(chatChunk('m', { content: 'all of it' }));
const end = sse(chatChunk('m', {}, 'stop'));
const DONE = 'data: [DONE]\n\n';
const failure = sse({ error: { message: 'gone', code: 'x' } });

function stream(body: string, ended: Raw['ended'] = 'end'): Raw {
  const headers = { 'content-type': 'text/event-stream' };
  return { status: 200, headers, body, ended, ms: 1, firstMs: 1 };
}

function document(status: number, body: unknown, ended: Raw['ended'] = 'end'): Raw {
  const headers = { 'content-type': 'application/json' };
  return { ...stream(typeof body === 'string' ? body : JSON.stringify(body), ended), status, headers };
}

describe('what a caller got', () => {
  it.each<[string, Raw, Outcome]>([
    ['a whole stream', stream(text + end + DONE), 'answered'],
    ['a whole document', document(200, chatCompletion('m', ['all of it'])), 'answered'],
    [
      'a finish after half of the text',
      stream(sse(chatChunk('m', { content: 'all' })) + end + DONE),
      'truncated',
    ],
    ['a stream that just ends', stream(text), 'truncated'],
    ['[DONE] without a finish', stream(text + DONE), 'truncated'],
    ['a stream that breaks', stream(text, 'cut'), 'cut'],
    ['an error event', stream(text + failure), 'clean_error'],
    ['an error event that is followed by an end', stream(text + failure + end + DONE), 'broken'],
    ['an event that is not JSON', stream(`${text}data: {"id\n\n${end}${DONE}`), 'broken'],
    [
      'an error status with its error',
      document(503, { error: { message: 'down', code: null } }),
      'clean_error',
    ],
    ['an error status without one', document(502, '<html>'), 'broken'],
    ['a document that breaks', document(200, '{"id', 'cut'), 'cut'],
    ['nothing in time', stream(text, 'hang'), 'hang'],
  ])('%s', (_name, raw, outcome) => {
    expect(judgeHeard(raw, 'all of it').outcome).toBe(outcome);
  });
});
