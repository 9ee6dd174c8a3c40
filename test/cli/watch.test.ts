import { expect, it } from 'vitest';
import { watch } from '../../cli/watch.js';
import type { Context } from '../../cli/definition.js';

function listening(json: boolean) {
  const shown: string[] = [];
  const context: Context = {
    ...{ env: {}, configDir: undefined, json, paint: (_colour, text) => text },
    ...{ write: () => undefined, note: () => undefined, progress: () => undefined },
    out: (line) => void shown.push(line),
    screen: (lines) => void shown.push(`screen: ${lines.join(' | ')}`),
  };
  return { shown, context };
}

it.each([
  [false, ['screen: answer 1 | said', 'screen: answer 2 | said']],
  [true, ['answer 1', 'said', 'answer 2', 'said']],
])('shows each answer as one screen, and ends with 0 when interrupted (json: %s)', async (json, expected) => {
  const { shown, context } = listening(json);
  let times = 0;
  const code = await watch(context, 1, (inner) => {
    times += 1;
    inner.out(`answer ${String(times)}`);
    inner.note('said');
    if (times === 2) process.emit('SIGINT');
    return Promise.resolve(1);
  });
  expect([code, shown]).toEqual([0, expected]);
});
