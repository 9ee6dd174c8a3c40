import { describe, expect, it } from 'vitest';
import { nearest } from '../../../config/report/suggest.js';

describe('the nearest word', () => {
  it.each([
    ['apiKey', 'api_key'],
    ['API-KEY', 'api_key'],
    ['modle', 'model'],
    ['retrys', 'retry'],
  ])('to %s is %s', (word, expected) => {
    expect(nearest(word, ['api_key', 'model', 'retry', 'name'])).toBe(expected);
  });

  it.each(['colour', 'x', '', 'a'.repeat(500)])('to %s is none', (word) => {
    expect(nearest(word, ['api_key', 'model', 'retry'])).toBeNull();
  });
});
