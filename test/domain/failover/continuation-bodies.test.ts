import { describe, expect, it } from 'vitest';
import { continuationBodies } from '../../../domain/failover/continuation-bodies.js';

const ask = { role: 'user', content: 'Capital of France?' };
const body = { model: 'm', max_tokens: 50, temperature: 0, messages: [ask] };

describe('continuationBodies', () => {
  it('tries a prefill first, then asks in words; everything else stays, max_tokens too', () => {
    expect(continuationBodies(body, 'Par', false)).toEqual([
      { ...body, messages: [ask, { role: 'assistant', content: 'Par' }] },
      {
        ...body,
        messages: [
          ask,
          { role: 'assistant', content: 'Par' },
          { role: 'user', content: expect.stringContaining('exactly where you stopped') },
        ],
      },
    ]);
  });

  it('marks the prefill as partial only where that is asked for, and only there', () => {
    const [prefill, words] = continuationBodies(body, 'Par', true);
    expect(prefill?.['messages']).toEqual([ask, { role: 'assistant', content: 'Par', partial: true }]);
    expect(JSON.stringify(words)).not.toContain('partial');
  });

  it("joins the request's own prefill and the answer into one message", () => {
    const own = { role: 'assistant', content: 'It is ', name: 'n' };
    const [prefill, words] = continuationBodies({ ...body, messages: [ask, own] }, 'Par', false);
    const joined = { role: 'assistant', content: 'It is Par', name: 'n' };
    expect(prefill?.['messages']).toEqual([ask, joined]);
    expect(words?.['messages']).toMatchObject([ask, joined, { role: 'user' }]);
  });

  it('leaves an assistant message with tool calls alone', () => {
    const called = { role: 'assistant', content: null, tool_calls: [] };
    expect(continuationBodies({ ...body, messages: [called] }, 'Par', false)[0]?.['messages']).toEqual([
      called,
      { role: 'assistant', content: 'Par' },
    ]);
  });

  it('puts prompt and answer together in the old API', () => {
    expect(continuationBodies({ model: 'm', prompt: 'Once ' }, 'upon', false)).toEqual([
      { model: 'm', prompt: 'Once upon' },
    ]);
  });

  it('asks plainly again when nothing was sent yet', () => {
    expect(continuationBodies(body, '', true)).toEqual([body]);
  });

  it.each([
    ['several choices', { ...body, n: 2 }],
    ['the best of several', { model: 'm', prompt: 'a', best_of: 3 }],
    ['an echoed prompt', { model: 'm', prompt: 'a', echo: true }],
    ['several prompts', { model: 'm', prompt: ['a', 'b'] }],
    ['neither messages nor prompt', { model: 'm' }],
  ])('gives up on %s', (_name, odd) => {
    expect(continuationBodies(odd, 'Par', false)).toEqual([]);
  });

  it('changes nothing of the request', () => {
    const before = JSON.stringify(body);
    continuationBodies(body, 'Par', true);
    expect(JSON.stringify(body)).toBe(before);
  });
});
