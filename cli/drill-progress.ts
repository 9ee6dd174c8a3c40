// What a person sees while a drill runs: a line for each scenario that ended, and on a terminal one for those that run.
import type { Listener } from '../drill/play.js';
import { scenarioLine } from '../drill/report/text.js';
import type { Context } from './definition.js';

const NAME_WIDTH = 40;
const EVERY_MS = 1000;

/** `close` takes the progress line away. */
export function watchDrill(context: Context, seed: number): Listener & { readonly close: () => void } {
  const running = new Set<string>();
  const began = performance.now();
  let ended = 0;
  const show = () => {
    const seconds = Math.round((performance.now() - began) / 1000);
    context.progress(
      `${seconds} s, ${ended} done, running: ${[...running].join(', ') || 'the planes start'}`,
    );
  };
  context.note(context.paint('dim', `seed ${seed}; times: detect, decide, act, verify`));
  const timer = setInterval(show, EVERY_MS);
  show();
  return {
    begun(_group, name) {
      running.add(name);
      show();
    },
    ended(scenario) {
      running.delete(scenario.name);
      ended += 1;
      context.note(scenarioLine(scenario, NAME_WIDTH, context.paint));
      if (scenario.verdict !== 'PASS') context.note(`  ${scenario.detail}`);
      show();
    },
    close() {
      clearInterval(timer);
      context.progress(null);
    },
  };
}
