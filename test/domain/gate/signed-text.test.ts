import fc from 'fast-check';
import { expect, it } from 'vitest';
import { signedText, type SignedWords } from '../../../domain/gate/signed-text.js';

const FIELDS = ['node', 'incident', 'request', 'planHash', 'verdict', 'by'] as const;

const WORDS: SignedWords = {
  node: 'node-a',
  incident: 'inc-1',
  request: 'inc-1:2',
  planHash: 'abc',
  verdict: 'approve',
  by: 'carol',
};

/** What breaks a line somewhere, hides, or turns text round; and what looks like the text's own marks. */
const TRICKS = [
  '\n',
  '\r',
  '\v',
  '\f',
  '\u0000',
  '\u001b',
  '\u007f',
  '\u0085',
  '\u00ad',
  '\u061c',
  '\u200b',
  '\u200e',
  '\u2028',
  '\u2029',
  '\u202e',
  '\u2060',
  '\u2066',
  '\ufeff',
  '\ud800',
  '\udc00',
  '"',
  '\\',
  '\\u200b',
  '\\n',
  '": "',
  '\nby: "dave"',
  'ü',
  'u\u0308',
  '😀',
];
const word = fc
  .array(fc.oneof(fc.constantFrom(...TRICKS), fc.string({ unit: 'binary', maxLength: 3 })), { maxLength: 6 })
  .map((parts) => parts.join(''));
const words: fc.Arbitrary<SignedWords> = fc.record({
  node: word,
  incident: word,
  request: word,
  planHash: word,
  verdict: fc.constantFrom('approve', 'deny'),
  by: word,
});

/** Reads the words out of the text again: what can be read again stands for one set of words only. */
function readAgain(text: string): SignedWords {
  const [format, ...lines] = text.split('\n');
  expect(format).toBe('nxs-approval-v1');
  expect(lines.pop()).toBe('');
  expect(lines.map((line) => line.slice(0, line.indexOf(': ')))).toEqual(FIELDS);
  const entries = lines.map((line, index): [string, unknown] => [
    FIELDS[index]!,
    JSON.parse(line.slice(line.indexOf(': ') + 2)),
  ]);
  return Object.fromEntries(entries) as unknown as SignedWords;
}

it('is this text, byte by byte: signatures of before have to stay good', () => {
  expect(signedText({ ...WORDS, by: 'Zoë "Z"\u200b\n' })).toBe(
    [
      'nxs-approval-v1',
      'node: "node-a"',
      'incident: "inc-1"',
      'request: "inc-1:2"',
      'planHash: "abc"',
      'verdict: "approve"',
      'by: "Zoë \\"Z\\"\\u200b\\n"',
      '',
    ].join('\n'),
  );
});

it('says all its words, so that other words are another text', () => {
  fc.assert(
    fc.property(words, (some) => {
      expect(readAgain(signedText(some))).toEqual(some);
    }),
    { numRuns: 1_000 },
  );
});

it('is another text for any two that are not the same, also when they only look the same', () => {
  const pair = fc.tuple(words, fc.constantFrom(...FIELDS), word);
  fc.assert(
    fc.property(pair, ([one, field, value]) => {
      const other = { ...one, [field]: value };
      expect(signedText(one) === signedText(other)).toBe(one[field] === value);
    }),
    { numRuns: 1_000 },
  );
  // What moves from one field into the next is not the same either.
  expect(signedText({ ...WORDS, node: 'a', incident: 'bc' })).not.toBe(
    signedText({ ...WORDS, node: 'ab', incident: 'c' }),
  );
});

it('is one line for each field in every editor, and shows all that is in it', () => {
  fc.assert(
    fc.property(words, (some) => {
      const text = signedText(some);
      expect(text.split(/[\n\v\f\r\u0085\u2028\u2029]/)).toHaveLength(FIELDS.length + 2);
      expect(text.replaceAll('\n', '')).not.toMatch(
        // eslint-disable-next-line no-control-regex
        /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]|\p{Surrogate}/u,
      );
    }),
    { numRuns: 1_000 },
  );
});

it('survives its way as UTF-8', () => {
  fc.assert(
    fc.property(words, (some) => {
      const text = signedText(some);
      expect(Buffer.from(text, 'utf8').toString('utf8')).toBe(text);
    }),
  );
});

it('goes by the fields alone, not by their order or by what is beside them', () => {
  const turned = Object.fromEntries([...Object.entries(WORDS), ['extra', 'x']].reverse());
  expect(signedText(turned as unknown as SignedWords)).toBe(signedText(WORDS));
});
