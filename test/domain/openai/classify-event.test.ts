import { describe, expect, it } from 'vitest';
import { classifyData } from '../../../domain/openai/classify-event.js';
import type { StreamEvent } from '../../../domain/openai/stream-event.js';

function of(json: unknown, failed = false): StreamEvent {
  const data = JSON.stringify(json);
  const event = classifyData(`data: ${data}`, data, failed);
  expect(event?.json).toEqual(json);
  return event!;
}

const delta = (fields: unknown, choice: object = {}): unknown => ({
  choices: [{ index: 0, delta: fields, finish_reason: null, ...choice }],
});

const NOTHING = { hasContent: false, text: '', hasToolCall: false, hasOther: false, finished: [] };

describe('content', () => {
  it.each<[string, unknown, Partial<StreamEvent>]>([
    ['text', { content: 'Hi' }, { hasContent: true, text: 'Hi' }],
    ['the first frame', { role: 'assistant', content: '', refusal: null, tool_calls: null }, {}],
    ['an empty tool list', { content: null, tool_calls: [] }, {}],
    ['a name that some provider repeats', { role: 'assistant', name: 'MiniMax AI', audio_content: '' }, {}],
    ['reasoning_content', { reasoning_content: 'hm' }, { hasContent: true, hasOther: true }],
    ['reasoning', { reasoning: 'hm' }, { hasContent: true, hasOther: true }],
    ['empty reasoning', { reasoning: '', reasoning_details: [] }, {}],
    ['a refusal', { refusal: 'no' }, { hasContent: true, hasOther: true }],
    ['audio', { audio: { id: 'a' } }, { hasContent: true, hasOther: true }],
    ['content in parts', { content: [{ type: 'text', text: 'a' }] }, { hasContent: true, hasOther: true }],
    [
      'a tool call',
      { tool_calls: [{ index: 0, function: { name: 'f' } }] },
      { hasContent: true, hasToolCall: true, hasOther: true },
    ],
    [
      'an old function call',
      { function_call: { name: 'f' } },
      { hasContent: true, hasToolCall: true, hasOther: true },
    ],
  ])('%s', (_name, fields, expected) => {
    expect(of(delta(fields))).toMatchObject({ ...NOTHING, kind: 'chunk', ...expected });
  });

  it('of the old completions API is text, too', () => {
    expect(of({ choices: [{ index: 0, text: 'Hi', finish_reason: null }] })).toMatchObject({
      text: 'Hi',
      hasContent: true,
      hasOther: false,
    });
  });

  it('of another choice cannot be continued elsewhere', () => {
    expect(of(delta({ content: 'x' }, { index: 1 }))).toMatchObject({
      text: '',
      hasContent: true,
      hasOther: true,
    });
  });
});

describe('the end', () => {
  it('names the choices that finished', () => {
    const two = {
      choices: [
        { index: 1, delta: {}, finish_reason: 'stop' },
        { index: 0, delta: {}, finish_reason: '' },
        { delta: {}, finish_reason: 'length' },
      ],
    };
    expect(of(two).finished).toEqual([1, 2]);
  });

  it('sees usage, also without choices', () => {
    expect(of({ choices: [], usage: { total_tokens: 3 } })).toMatchObject({ ...NOTHING, hasUsage: true });
    expect(of({ choices: [], usage: null }).hasUsage).toBe(false);
  });
});

describe('an error', () => {
  it.each<[string, unknown]>([
    ['of OpenAI', { error: { message: 'm', type: 'server_error' } }],
    ['as plain text', { error: 'model crashed' }],
    ['of an older vLLM', { object: 'error', message: 'm', code: 400 }],
    ['beside an ending', { error: { code: 502 }, choices: [{ delta: {}, finish_reason: 'error' }] }],
    ['as a reason', delta({ content: '' }, { finish_reason: 'error' })],
    ['inside a choice', delta({}, { error: { code: 429 } })],
  ])('%s is no chunk and finishes nothing', (_name, json) => {
    expect(of(json)).toMatchObject({ kind: 'error', finished: [] });
  });

  it('is what the event name says, whatever the data looks like', () => {
    expect(of({ message: 'm' }, true).kind).toBe('error');
  });

  it('is not an empty member that some servers always send', () => {
    expect(of({ error: null, choices: [] }).kind).toBe('chunk');
  });

  it.each([{ choices: 'none' }, { choices: [null, 7, []] }, { choices: [{ delta: 'x', text: 5 }] }])(
    'is not made of odd fields: %j',
    (json) => {
      expect(of(json)).toMatchObject({ ...NOTHING, kind: 'chunk' });
    },
  );
});
