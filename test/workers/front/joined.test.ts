import { expect, it } from 'vitest';
import { joined } from '../../../workers/front/joined.js';

it('lists are joined once, and again when one of them is another one', () => {
  let first: readonly string[] = ['a'];
  let times = 0;
  const all = joined(
    () => [first, SECOND],
    (list) => {
      times += 1;
      return [...list, String(times)];
    },
  );
  expect(all()).toEqual(['a', 'c', '1']);
  first = ['x', 'y'];
  expect(all()).toEqual(['x', 'y', 'c', '2']);
});

it('what was joined stays the same object meanwhile, also when it is empty', () => {
  const none: readonly string[] = [];
  const all = joined(
    () => [none, SECOND],
    (list) => list,
  );
  expect(all()).toBe(all());
  const nothing = joined(
    () => [],
    () => [...none],
  );
  expect(nothing()).toBe(nothing());
});

const SECOND: readonly string[] = ['c'];
