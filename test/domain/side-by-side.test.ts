import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sideBySide } from '../../domain/side-by-side.js';

it('answers in the order of the items, never with more at once than it may', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(5)), fc.integer({ min: 1, max: 5 }), async (items, width) => {
      let [now, most] = [0, 0];
      const answers = await sideBySide(items, width, async (turns) => {
        now += 1;
        most = Math.max(most, now);
        for (let turn = 0; turn <= turns; turn += 1) await Promise.resolve();
        now -= 1;
        return turns * 2;
      });
      expect(answers).toEqual(items.map((each) => each * 2));
      expect(most).toBe(Math.min(width, items.length));
    }),
  );
});

it('rejects with what went wrong', async () => {
  const work = (item: number) => (item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item));
  await expect(sideBySide([1, 2, 3], 2, work)).rejects.toThrow('two');
});
