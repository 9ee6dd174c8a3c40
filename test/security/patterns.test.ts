// Texts of somebody else, long, made for a pattern that tries everything: each of these took minutes or hours once. No time is
// asserted; a pattern that is slow again runs into the runner's own limit.
import { expect, test } from 'vitest';
import { redactText } from '../../config/redact.js';
import { linesOf } from '../../domain/sync/log-lines.js';
import { openDimensions } from '../../gateway/dimensions.js';

const MANY = 4_000_000;

test('a long word in front of a login is looked at once', () => {
  const word = 'a'.repeat(MANY);
  expect(redactText(`${word} https://u:p@host`, [])).toBe(`${word} https://***@host`);
  expect(redactText(`${word}+@`, [])).toBe(`${word}+@`);
});

test('a line of marks that a line separator ends is one fence', () => {
  const [first, second] = linesOf(`${'~'.repeat(MANY)}\u2028x\n`);
  expect([first?.code, second]).toEqual([false, undefined]);
});

test('an embedding of nothing but padding has a length', () => {
  const answer = { data: [{ embedding: `${'='.repeat(MANY)}x=` }] };
  expect(openDimensions().fits('m', {}, answer)).toBe(true);
});
