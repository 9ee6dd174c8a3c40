import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseParser, MAX_EVENT } from '../../../domain/openai/sse.js';
import type { StreamEvent } from '../../../domain/openai/stream-event.js';

interface Told {
  readonly events: readonly StreamEvent[];
  readonly malformed: readonly string[];
}

/** What is told when the pieces come in this order and the stream then ends. */
function parse(...pieces: readonly string[]): Told {
  const events: StreamEvent[] = [];
  const malformed: string[] = [];
  const parser = createSseParser(
    (event) => events.push(event),
    (why) => malformed.push(why),
  );
  for (const piece of pieces) parser.push(piece);
  parser.end();
  return { events, malformed };
}

function kinds(told: Told): string[] {
  return told.events.map(({ kind }) => kind);
}

const chunk = (delta: unknown, more: object = {}): string =>
  `data: ${JSON.stringify({ id: 'c', choices: [{ index: 0, delta, finish_reason: null, ...more }] })}`;

describe('framing', () => {
  it.each([
    ['LF', '\n'],
    ['CRLF', '\r\n'],
    ['CR', '\r'],
  ])('reads %s line ends and hands each event on as it came', (_name, end) => {
    const lines = [': hello', 'event: message', chunk({ content: 'Hi' })];
    const told = parse(lines.join(end) + end + end + `data: [DONE]${end}${end}`);
    expect(kinds(told)).toEqual(['chunk', 'done']);
    expect(told.events[0]).toMatchObject({ raw: lines.join(end), text: 'Hi' });
    expect(told.events[1]?.raw).toBe('data: [DONE]');
  });

  it('joins several data lines of one event', () => {
    expect(parse('data: {"choices":\ndata: []}\n\n').events[0]?.json).toEqual({ choices: [] });
  });

  it('passes over a BOM, and needs no space after the colon', () => {
    expect(kinds(parse('\uFEFFdata:{"choices":[]}\n\ndata:[DONE]\n\n'))).toEqual(['chunk', 'done']);
  });

  it.each([': OPENROUTER PROCESSING', 'event: ping', 'data:', 'id: 7', 'retry: 100'])(
    'takes %j for a comment',
    (line) => {
      const told = parse(`${line}\n\n`);
      expect(told.events).toMatchObject([{ kind: 'comment', raw: line, json: null, hasContent: false }]);
    },
  );

  it('sees nothing in blank lines', () => {
    expect(parse('\n\n\r\n\r\r\n').events).toEqual([]);
  });
});

describe('an end without the last blank line', () => {
  it('still tells a whole event', () => {
    expect(kinds(parse(`${chunk({ content: 'a' })}\n\ndata: [DONE]`))).toEqual(['chunk', 'done']);
  });

  it('drops half an event without calling it malformed: the stream was cut', () => {
    const whole = chunk({ content: 'abc' });
    for (let at = 1; at < whole.length; at += 1) {
      const told = parse(whole.slice(0, at));
      expect(told.events.filter(({ kind }) => kind !== 'comment')).toEqual([]);
      expect(told.malformed).toEqual([]);
    }
  });
});

describe('malformed', () => {
  it.each([
    ['no JSON', 'data: {"choices":[{"del'],
    ['a list', 'data: []'],
    ['a number', 'data: 7'],
    ['null', 'data: null'],
    ['a sentence', 'data: internal error'],
  ])('%s is told once, and nothing of it or after it is handed on', (_name, line) => {
    const told = parse(`${chunk({ content: 'a' })}\n\n${line}\n\n${chunk({ content: 'b' })}\n\ndata: 1\n\n`);
    expect(told.events.map(({ text }) => text)).toEqual(['a']);
    expect(told.malformed).toEqual(['an event is not a JSON object']);
  });

  it('an event over the bound is refused, whole or still growing', () => {
    const fits = `: ${'x'.repeat(MAX_EVENT - 2)}`;
    expect(kinds(parse(`${fits}\n\n`))).toEqual(['comment']);
    expect(parse(`${fits}x\n\n`)).toMatchObject({
      events: [],
      malformed: [expect.stringContaining('longer')],
    });
    const parser = createSseParser(
      () => expect.unreachable(),
      (why) => told.push(why),
    );
    const told: string[] = [];
    for (let at = 0; at <= MAX_EVENT; at += 65_536) parser.push('y'.repeat(65_536));
    expect(told).toHaveLength(1);
    parser.push('data: [DONE]\n\n');
    parser.end();
    expect(told).toHaveLength(1);
  });

  it('many short lines count as one event, too', () => {
    const told = parse(': x\n'.repeat(300_000));
    expect(told.malformed).toHaveLength(1);
  });
});

describe('any cut', () => {
  const piece = fc.oneof(
    fc.constantFrom(
      '\n',
      '\r',
      '\r\n',
      '\n\n',
      '\r\n\r\n',
      ': c',
      'event: error\n',
      'data: [DONE]',
      '\uFEFF',
    ),
    fc.string({ maxLength: 8 }).map((content) => chunk({ content })),
    fc.constantFrom('data: {"error":"x"}', 'data: {', 'data: 1', 'x', 'data', 'data:', '☂é'),
  );
  const stream = fc.array(fc.oneof(piece, fc.constantFrom('\n\n', '\n')), { maxLength: 24 });

  it('of the input gives the same events', () => {
    fc.assert(
      fc.property(stream, fc.array(fc.nat(), { maxLength: 12 }), (pieces, cuts) => {
        const text = pieces.join('');
        const at = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
        const cut = [0, ...at].map((from, index) => text.slice(from, at[index] ?? text.length));
        expect(parse(...cut)).toEqual(parse(text));
        const units = Array.from({ length: text.length }, (_, index) => text.charAt(index));
        expect(parse(...units)).toEqual(parse(text));
      }),
      { numRuns: 500 },
    );
  });

  it('gives what a plain reading of the lines gives', () => {
    const line = fc.constantFrom('', '', ': c', 'event: message', 'id: 7', 'data: {"a":1}', 'data: [DONE]');
    const ended = fc.tuple(line, fc.constantFrom('\n', '\r', '\r\n')).map((pair) => pair.join(''));
    fc.assert(
      fc.property(fc.array(ended, { maxLength: 20 }), fc.nat(), (lines, nat) => {
        const text = lines.join('');
        const at = nat % (text.length + 1);
        const groups = text
          .split(/\r\n|\r|\n/)
          .join('\n')
          .split(/\n{2,}/)
          .map((group) => group.replace(/^\n|\n$/g, ''))
          .filter((group) => group !== '');
        const bad = groups.findIndex((group) => (group.match(/data:/g) ?? []).length > 1);
        const told = parse(text.slice(0, at), text.slice(at));
        expect(told.events.map(({ raw }) => raw.replace(/\r\n|\r/g, '\n'))).toEqual(
          bad === -1 ? groups : groups.slice(0, bad),
        );
      }),
      { numRuns: 500 },
    );
  });
});
