import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAssembler } from '../../../domain/openai/assemble.js';
import type { Json } from '../../../domain/openai/record.js';

function assembled(chunks: readonly Json[], kind: 'chat' | 'completions' = 'chat'): Json {
  const assembler = createAssembler(kind);
  for (const chunk of chunks) assembler.add(chunk);
  return assembler.result();
}

const TOP = { id: 'chatcmpl-1', created: 1_700_000_000, model: 'm-1', system_fingerprint: 'fp' };
const delta = (value: Json, more: Json = {}): Json => ({
  ...TOP,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: value, finish_reason: null, ...more }],
});
const end = (reason: string): Json => delta({}, { finish_reason: reason });

function message(...deltas: readonly Json[]): unknown {
  const result = assembled(deltas.map((each) => delta(each)));
  return (result['choices'] as readonly { readonly message: unknown }[])[0]?.message;
}

describe('a chat answer', () => {
  it('comes out as the provider would have sent it in one piece', () => {
    const usage = { prompt_tokens: 1, completion_tokens: 2, total_tokens: 3 };
    const chunks = [
      { ...delta({ role: 'assistant', content: '', refusal: null }), usage: null, obfuscation: 'xx' },
      delta({ content: 'Hel' }),
      { ...delta({ content: 'lo' }), service_tier: 'default' },
      end('stop'),
      { ...TOP, object: 'chat.completion.chunk', choices: [], usage },
    ];
    expect(assembled(chunks)).toEqual({
      ...TOP,
      object: 'chat.completion',
      service_tier: 'default',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage,
    });
  });

  it('names no finish_reason that the stream did not name, and no usage', () => {
    const result = assembled([delta({ content: 'cut' })]);
    expect(result['choices']).toMatchObject([{ finish_reason: null }]);
    expect(result).not.toHaveProperty('usage');
  });

  it('keeps what it does not know: top-level and choice fields by the last value, text by joining', () => {
    const result = assembled([
      { ...delta({ reasoning: 'a', thought: { step: '1', of: 2 } }), x_provider: 1 },
      { ...delta({ reasoning: 'b', thought: { step: '2', of: 3 } }, { native: 'n' }), x_provider: 2 },
    ]);
    expect(result).toMatchObject({
      x_provider: 2,
      choices: [{ native: 'n', message: { reasoning: 'ab', thought: { step: '12', of: 3 } } }],
    });
  });

  it('says the role once, however often it is named', () => {
    expect(message({ role: 'assistant', content: 'a' }, { role: 'assistant', content: 'b' })).toEqual({
      role: 'assistant',
      content: 'ab',
    });
  });

  it('joins logprobs', () => {
    const logprobs = (token: string): Json => ({ logprobs: { content: [{ token }], refusal: null } });
    const result = assembled([
      delta({ content: 'a' }, logprobs('a')),
      delta({ content: 'b' }, logprobs('b')),
      delta({}, { logprobs: null, finish_reason: 'stop' }),
    ]);
    expect(result['choices']).toMatchObject([
      { logprobs: { content: [{ token: 'a' }, { token: 'b' }], refusal: null } },
    ]);
  });

  it('leaves the chunks as they were', () => {
    const chunk = delta({ content: 'a', images: [1] }, { logprobs: { content: [{ token: 'a' }] } });
    const before = JSON.stringify(chunk);
    assembled([chunk, chunk]);
    expect(JSON.stringify(chunk)).toBe(before);
  });

  it('is not led astray by a field named __proto__', () => {
    const chunk = JSON.parse('{"__proto__":{"a":1},"choices":[{"delta":{"__proto__":{"b":1}}}]}') as Json;
    const result = assembled([chunk]);
    expect(result['a']).toBeUndefined();
    expect(({} as Json)['b']).toBeUndefined();
  });

  it('survives what is no chunk', () => {
    expect(assembled([{ choices: 'x' }, { choices: [null, 7, { delta: 'x' }] }])).toMatchObject({
      object: 'chat.completion',
    });
  });
});

describe('tool calls', () => {
  const called = (index: number | undefined, id: string | undefined, name: string, args: string): Json => ({
    tool_calls: [
      {
        ...(index === undefined ? {} : { index }),
        ...(id === undefined ? {} : { id, type: 'function' }),
        function: { ...(name === '' ? {} : { name }), arguments: args },
      },
    ],
  });
  const call = (id: string, name: string, args: string): Json => ({
    id,
    type: 'function',
    function: { name, arguments: args },
  });

  it('are joined by index, the content is null beside them', () => {
    expect(
      message(
        { role: 'assistant', content: '' },
        called(0, 'c0', 'look', ''),
        called(0, undefined, '', '{"a"'),
        called(1, 'c1', 'go', '{}'),
        called(0, undefined, '', ':1}'),
      ),
    ).toEqual({
      role: 'assistant',
      content: null,
      tool_calls: [call('c0', 'look', '{"a":1}'), call('c1', 'go', '{}')],
    });
  });

  it.each([
    ['repeat id and name in every piece', [called(0, 'c0', 'look', '{'), called(0, 'c0', 'look', '}')]],
    [
      'send an empty id and name later',
      [
        called(0, 'c0', 'look', '{'),
        { tool_calls: [{ index: 0, id: '', type: '', function: { name: '', arguments: '}' } }] },
      ],
    ],
    ['send no index', [called(undefined, 'c0', 'look', '{'), called(undefined, undefined, '', '}')]],
    ['cut the name', [called(0, 'c0', 'lo', ''), called(0, undefined, 'ok', '{}')]],
  ])('are whole from servers that %s', (_name, deltas) => {
    expect(message(...deltas)).toMatchObject({ tool_calls: [call('c0', 'look', '{}')] });
  });

  it.each([
    ['number every call 0', 0],
    ['number none', undefined],
  ])('stay apart from servers that %s', (_name, index) => {
    expect(message(called(index, 'c0', 'look', '{}'), called(index, 'c1', 'look', '[]'))).toMatchObject({
      tool_calls: [call('c0', 'look', '{}'), call('c1', 'look', '[]')],
    });
  });

  it('of the old kind are joined, too', () => {
    expect(
      message({ function_call: { name: 'f', arguments: '{' } }, { function_call: { arguments: '}' } }),
    ).toMatchObject({ content: null, function_call: { name: 'f', arguments: '{}' } });
  });
});

describe('a text completion', () => {
  it('is joined by choice', () => {
    const text = (index: number, value: string, more: Json = {}): Json => ({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [{ index, text: value, logprobs: null, finish_reason: null, ...more }],
    });
    expect(
      assembled(
        [
          text(1, 'x'),
          text(0, 'a'),
          text(0, 'b', { finish_reason: 'length' }),
          text(1, '', { finish_reason: 'stop' }),
        ],
        'completions',
      ),
    ).toEqual({
      id: 'cmpl-1',
      object: 'text_completion',
      choices: [
        { index: 0, text: 'ab', logprobs: null, finish_reason: 'length' },
        { index: 1, text: 'x', logprobs: null, finish_reason: 'stop' },
      ],
    });
  });
});

describe('any message', () => {
  const text = fc.string({ minLength: 1, maxLength: 20, unit: 'grapheme' });
  const toolCall = fc.record({
    id: fc.uuid(),
    type: fc.constant('function'),
    function: fc.record({ name: fc.stringMatching(/^[a-z]{1,8}$/), arguments: fc.json() }),
  });
  const anyMessage = fc.record(
    {
      role: fc.constant('assistant'),
      content: fc.option(text),
      reasoning_content: text,
      refusal: fc.option(text),
      tool_calls: fc.uniqueArray(toolCall, { minLength: 1, maxLength: 3, selector: ({ id }) => id }),
    },
    { requiredKeys: ['role', 'content'] },
  );
  const anyChoice = fc.record({
    message: anyMessage,
    logprobs: fc.constant(null),
    finish_reason: fc.constantFrom('stop', 'length', 'tool_calls'),
  });
  const anyAnswer = fc.array(anyChoice, { minLength: 1, maxLength: 3 }).map((choices) => ({
    ...TOP,
    object: 'chat.completion',
    choices: choices.map((choice, index) => ({ index, ...choice })),
    usage: { total_tokens: 5 },
  }));

  /** Every string in pieces of a size of 1 to 4, in order. */
  function cut(value: string, size: number): string[] {
    const pieces: string[] = [];
    for (let at = 0; at < value.length; at += 1 + (size % 4))
      pieces.push(value.slice(at, at + 1 + (size % 4)));
    return pieces;
  }

  /** One queue of deltas for each string of the message: the order inside a queue must hold, between them it is free. */
  function queues(of: Json, size: number): Json[][] {
    const list: Json[][] = [];
    for (const [key, value] of Object.entries(of)) {
      if (typeof value === 'string' && key !== 'role')
        list.push(cut(value, size).map((piece) => ({ [key]: piece })));
      if (value === null) list.push([{ [key]: null }]);
    }
    const calls = (of['tool_calls'] ?? []) as readonly {
      id: string;
      type: string;
      function: { name: string; arguments: string };
    }[];
    calls.forEach(({ id, type, function: { name, arguments: args } }, index) => {
      const first = { tool_calls: [{ index, id, type, function: { name, arguments: '' } }] };
      const rest = cut(args, size).map((piece) => ({
        tool_calls: [{ index, function: { arguments: piece } }],
      }));
      list.push([first, ...rest]);
    });
    return list;
  }

  it('cut into any chunks in any order of its fields and choices comes out the same', () => {
    fc.assert(
      fc.property(
        anyAnswer,
        fc.nat(),
        fc.infiniteStream(fc.nat()),
        ({ choices, usage, ...top }, size, picks) => {
          const waiting = choices.flatMap(({ index, message: of }) =>
            queues(of, size).map((queue) => ({ index, queue: [{ role: 'assistant' }, ...queue] as Json[] })),
          );
          const chunks: Json[] = [];
          const head = { ...top, object: 'chat.completion.chunk' };
          for (;;) {
            const open = waiting.filter(({ queue }) => queue.length > 0);
            const pick = open[picks.next().value % open.length];
            if (pick === undefined) break;
            chunks.push({
              ...head,
              choices: [{ index: pick.index, delta: pick.queue.shift(), finish_reason: null }],
            });
          }
          for (const { index, finish_reason } of choices)
            chunks.push({ ...head, choices: [{ index, delta: {}, finish_reason }] });
          chunks.push({ ...head, choices: [], usage });
          expect(assembled(chunks)).toEqual({ ...top, choices, usage });
        },
      ),
      { numRuns: 200 },
    );
  });
});
