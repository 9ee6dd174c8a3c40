import { deflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { prose, seeded } from '../../../bench/subjects/words.js';

describe('prose', () => {
  it('is the same for the same seed and another for another', () => {
    const [a, b, c] = [7, 7, 8].map((seed) => prose(seeded(seed), 5000));
    expect(a).toEqual(b);
    expect(a).not.toEqual(c);
  });

  it('has exactly the size asked for, also within a word', () => {
    for (const size of [1, 2, 4096, 4099]) expect(prose(seeded(1), size).length).toBe(size);
  });

  it('compresses about like prose', () => {
    const text = prose(seeded(3), 1024 * 1024);
    const left = deflateSync(text).length / text.length;
    expect(left).toBeGreaterThan(0.28);
    expect(left).toBeLessThan(0.5);
  });
});
