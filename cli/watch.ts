// Shows an answer again and again, as one screen, until Ctrl-C.
import { wait } from '../workers/wait.js';
import type { Context } from './definition.js';

/** `answer` prints one answer; `every` in ms. Resolves to 0 when it is interrupted. */
export async function watch(
  context: Context,
  every: number,
  answer: (context: Context) => Promise<number>,
): Promise<number> {
  const ended = new AbortController();
  const end = () => ended.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  // One JSON document a line is what programs read.
  const show = (lines: readonly string[]) =>
    context.json ? lines.forEach((line) => context.out(line)) : context.screen(lines);
  try {
    while (!ended.signal.aborted) {
      const lines: string[] = [];
      await answer({
        ...context,
        out: (line) => void lines.push(line),
        note: (line) => void lines.push(line),
      });
      show(lines);
      await wait(every, ended.signal);
    }
    return 0;
  } finally {
    process.off('SIGINT', end);
    process.off('SIGTERM', end);
  }
}
