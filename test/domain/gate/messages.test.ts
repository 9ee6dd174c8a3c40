import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDecision, type ParsedDecision } from '../../../domain/gate/messages.js';

const verdict = fc.constantFrom('approve', 'deny' as const);
const parse = (value: unknown) => parseDecision('approve', value);

/** What moves a cursor, breaks a line, turns text round, or is half a character; written another way than in the product. */
function isPrintable(text: string): boolean {
  return Array.from(text).every((char) => {
    const code = char.codePointAt(0) ?? 0;
    const isControl = code < 0x20 || (code >= 0x7f && code < 0xa0);
    const turns = [0x61c, 0x200e, 0x200f].includes(code) || (code >= 0x202a && code <= 0x202e);
    const isolates = code >= 0x2066 && code <= 0x2069;
    const half = code >= 0xd800 && code <= 0xdfff;
    return !(isControl || turns || isolates || half || code === 0x2028 || code === 0x2029);
  });
}

function valueOf(value: unknown): ParsedDecision {
  const parsed = parse(value);
  if ('why' in parsed) throw new Error(parsed.why);
  return parsed.value;
}

function whyOf(value: unknown): string {
  const parsed = parse(value);
  if ('value' in parsed) throw new Error(`${JSON.stringify(parsed.value)} was understood`);
  return parsed.why;
}

/** Any units at all: halves of characters as well, and often what is not printable. */
const raw = (maxLength: number) =>
  fc
    .array(
      fc.oneof(
        fc.integer({ min: 0, max: 0xffff }),
        fc.constantFrom(
          0,
          0x1b,
          0x0a,
          0x0d,
          0x85,
          0x200e,
          0x2028,
          0x202e,
          0x2066,
          0xd800,
          0xdc00,
          0x20,
          0x61,
        ),
      ),
      { maxLength },
    )
    .map((units) => String.fromCharCode(...units));

const odd = fc.anything({
  withBigInt: true,
  withBoxedValues: true,
  withDate: true,
  withMap: true,
  withNullPrototype: true,
  withObjectString: true,
  withSet: true,
  withSparseArray: true,
  withTypedArray: true,
});

describe('anything that is sent', () => {
  it('is a decision or a sentence, and nothing is thrown', () => {
    const fields = ['by', 'reason', 'request', 'signature', '__proto__', 'extra'];
    const nearly = fc.dictionary(
      fc.constantFrom(...fields),
      fc.oneof(odd, raw(10), fc.constant('x'.repeat(5000))),
    );
    fc.assert(
      fc.property(verdict, fc.oneof(odd, nearly), (word, value) => {
        const parsed = parseDecision(word, value);
        if ('why' in parsed) {
          expect(parsed.why.startsWith(`${word} was not understood`)).toBe(true);
          expect(parsed.why.endsWith('.')).toBe(true);
          expect(isPrintable(parsed.why)).toBe(true);
          // No word of what was sent is sent back.
          expect(parsed.why.length).toBeLessThan(300);
        } else {
          const { by, reason, request, signature } = parsed.value;
          expect([by.length > 0, typeof reason]).toEqual([true, 'string']);
          for (const text of [request, signature]) expect(text === null || text.length > 0).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('may throw when it is looked at, or be a proxy that is gone', () => {
    const throwing = Object.defineProperty({}, 'by', {
      get: () => {
        throw new Error('no');
      },
      enumerable: true,
    });
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const value of [throwing, proxy, Symbol('x'), () => 1])
      expect(whyOf(value)).toContain('was not understood');
  });
});

describe('a decision', () => {
  it('that is whole comes out word by word', () => {
    const printable = (maxLength: number, minLength = 0) =>
      fc
        .string({ unit: 'grapheme', minLength, maxLength: Math.floor(maxLength / 10) })
        .filter((text) => isPrintable(text) && text.trim() === text && text.length <= maxLength);
    const whole = fc.record({
      by: printable(200, 1),
      reason: printable(2000),
      request: fc.option(fc.stringMatching(/^[\w:.-]{1,300}$/)),
      signature: fc.option(fc.base64String({ minLength: 4, maxLength: 200 })),
    });
    fc.assert(
      fc.property(whole, (sent) => {
        expect(valueOf(sent)).toEqual(sent);
      }),
    );
  });

  it('may leave out request and signature, or bring more than is asked for', () => {
    const plain = { by: 'carol', reason: '', request: null, signature: null };
    expect(valueOf({ by: 'carol', reason: '' })).toEqual(plain);
    expect(valueOf({ by: 'carol', reason: '', request: null, signature: '' })).toEqual(plain);
    expect(
      valueOf({ by: 'carol', reason: '', request: undefined, signature: ' \n', verdict: 'deny' }),
    ).toEqual(plain);
  });

  it('lets nothing unprintable through in a name or a reason', () => {
    fc.assert(
      fc.property(raw(60), raw(60), (by, reason) => {
        const parsed = parse({ by, reason });
        if ('why' in parsed) return;
        expect(isPrintable(parsed.value.by)).toBe(true);
        expect(isPrintable(parsed.value.reason)).toBe(true);
        expect(parsed.value.by).toBe(parsed.value.by.trim());
      }),
      { numRuns: 1_000 },
    );
    expect(valueOf({ by: '\u001b[2Jcarol\r\n', reason: 'a\u202eb\ud800c' })).toMatchObject({
      by: '[2Jcarol',
      reason: 'a b c',
    });
    // A whole pair is one character, and stays.
    expect(valueOf({ by: '😀', reason: '\u0301' })).toMatchObject({ by: '😀', reason: '\u0301' });
  });

  it('takes the blanks out of a signature that was wrapped into lines, and off the ends of the rest', () => {
    const sent = { by: ' carol ', reason: '\tso\n', request: ' r:1 ', signature: ' AAAA\nBB BB\r\n==\t' };
    expect(valueOf(sent)).toEqual({ by: 'carol', reason: 'so', request: 'r:1', signature: 'AAAABBBB==' });
  });
});

describe('what was not understood', () => {
  const long = (length: number) => 'x'.repeat(length);
  it.each([
    ['by', 'text of 1 to 200 characters', ['', ' \n\u202e', long(201), 7, undefined]],
    ['reason', 'text of at most 2000 characters', [undefined, null, long(2001)]],
    ['request', 'text of 1 to 300 characters', ['', ' ', long(301), 1]],
    ['signature', 'text of at most 2000 characters', [long(2001), ['AAAA']]],
  ])('is told by its field: %s, a %s', (field, hint, values) => {
    for (const value of values) {
      const sent = { by: 'carol', reason: 'so', request: 'r:1', signature: 'AAAA', [field]: value };
      expect(whyOf(sent)).toContain(`(\`${field}\` is a ${hint})`);
    }
  });

  it('is nothing that is just short enough', () => {
    const longest = { by: 200, reason: 2000, request: 300, signature: 2000 };
    const sent = Object.fromEntries(
      Object.entries(longest).map(([field, length]) => [field, 'x'.repeat(length)]),
    );
    expect(valueOf(sent)).toEqual(sent);
  });

  it('is told with what was expected, for an argument that is no object', () => {
    for (const value of [undefined, null, 'approve', 7, [], [{ by: 'carol', reason: '' }]])
      expect(whyOf(value)).toMatch(/^approve was not understood.*expected \{"by":"NAME"/);
    expect(parseDecision('deny', null)).toHaveProperty(
      'why',
      expect.stringMatching(/^deny was not understood: /),
    );
  });

  it('has nothing in a request that could rewrite a screen', () => {
    const sent = { by: 'carol', reason: '', request: 'x\u001b[2J\u202ey' };
    expect(JSON.stringify(parseDecision('approve', sent))).not.toMatch(/\\u001b|\u202e/);
  });
});
