import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAssembler } from '../../../domain/openai/assemble.js';
import type { Json } from '../../../domain/openai/record.js';
import { streamOf } from '../../../domain/openai/stream-of.js';

const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
const answer = {
  id: 'c1',
  object: 'chat.completion',
  created: 1,
  model: 'm',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content: 'Hi', reasoning_content: 'hm' },
      logprobs: null,
      finish_reason: 'stop',
    },
  ],
  usage,
};

function choicesOf(chunks: readonly Json[]): unknown[] {
  return chunks.flatMap(({ choices }) => choices as unknown[]);
}

describe('streamOf', () => {
  it('says role, reasoning, text and finish in the order of a stream', () => {
    const chunks = streamOf(answer, false);
    expect(chunks.map(({ object }) => object)).toEqual(chunks.map(() => 'chat.completion.chunk'));
    expect(choicesOf(chunks)).toEqual([
      { index: 0, delta: { role: 'assistant', content: '' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { reasoning_content: 'hm' }, logprobs: null, finish_reason: null },
      { index: 0, delta: { content: 'Hi' }, logprobs: null, finish_reason: null },
      { index: 0, delta: {}, logprobs: null, finish_reason: 'stop' },
    ]);
  });

  it('tells the usage in a chunk of its own, only when it is asked for and known', () => {
    expect(streamOf(answer, true).at(-1)).toEqual({
      id: 'c1',
      object: 'chat.completion.chunk',
      created: 1,
      model: 'm',
      choices: [],
      usage,
    });
    expect(streamOf(answer, false).some((chunk) => 'usage' in chunk)).toBe(false);
    const { usage: _usage, ...unmeasured } = answer;
    expect(streamOf(unmeasured, true)).toEqual(streamOf(answer, false));
  });

  it('invents no finish_reason', () => {
    const cut = { ...answer, choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' } }] };
    expect(choicesOf(streamOf(cut, true)).some((choice) => (choice as Json)['finish_reason'] !== null)).toBe(
      false,
    );
  });

  it('gives a text completion in one chunk a choice', () => {
    const text = { object: 'text_completion', choices: [{ index: 0, text: 'a', finish_reason: 'stop' }] };
    expect(streamOf(text, false)).toEqual([
      {
        object: 'text_completion',
        choices: [{ index: 0, text: 'a', logprobs: null, finish_reason: 'stop' }],
      },
    ]);
  });

  it.each([{}, { choices: 'x' }, { choices: [null, 1] }])('makes nothing of %j', (odd) => {
    expect(streamOf(odd, true)).toEqual([]);
  });

  it('assembles to the same answer again', () => {
    const text = fc.string({ minLength: 1, maxLength: 12 });
    const call = fc.record({
      id: fc.uuid(),
      type: fc.constant('function'),
      function: fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), arguments: fc.json() }),
    });
    const anyMessage = fc.record(
      {
        role: fc.constant('assistant'),
        content: fc.option(text),
        refusal: fc.option(text),
        reasoning: text,
        tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
      },
      { requiredKeys: ['role', 'content'] },
    );
    const anyChoice = fc.record({
      message: anyMessage,
      logprobs: fc.option(fc.constant({ content: [{ token: 'a' }], refusal: null })),
      finish_reason: fc.option(fc.constantFrom('stop', 'length', 'tool_calls')),
    });
    fc.assert(
      fc.property(fc.array(anyChoice, { minLength: 1, maxLength: 3 }), (list) => {
        const whole = { ...answer, choices: list.map((choice, index) => ({ index, ...choice })) };
        const assembler = createAssembler('chat');
        for (const chunk of streamOf(whole, true)) assembler.add(chunk);
        expect(assembler.result()).toEqual(whole);
      }),
      { numRuns: 200 },
    );
  });
});
