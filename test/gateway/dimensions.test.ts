import { expect, test } from 'vitest';
import { openDimensions } from '../../gateway/dimensions.js';

const vectors = (embedding: unknown) => ({ data: [{ embedding }] });

test('the first answer of a model says how long its vectors are', () => {
  const { fits } = openDimensions();
  expect(fits('m', {}, vectors([1, 2, 3]))).toBe(true);
  expect(fits('m', {}, vectors([4, 5, 6]))).toBe(true);
  expect(fits('m', {}, vectors([1, 2]))).toBe(false);
  expect(fits('other', {}, vectors([1, 2]))).toBe(true);
});

test('shorter vectors on request are a matter of their own', () => {
  const { fits } = openDimensions();
  expect(fits('m', {}, vectors([1, 2, 3]))).toBe(true);
  expect(fits('m', { dimensions: 2 }, vectors([1, 2]))).toBe(true);
  expect(fits('m', { dimensions: 2 }, vectors([1, 2, 3]))).toBe(false);
});

test('base64 counts as the numbers it holds', () => {
  const { fits } = openDimensions();
  const base64 = Buffer.from(new Float32Array([1, 2, 3]).buffer).toString('base64');
  expect(fits('m', {}, vectors(base64))).toBe(true);
  expect(fits('m', {}, vectors([1, 2, 3]))).toBe(true);
  expect(fits('m', {}, vectors([1, 2, 3, 4]))).toBe(false);
});
