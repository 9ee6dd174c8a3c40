// What the runner does: takes the fence, runs the commands, says how it ended. It is nobody's child for long, so it outlives us.
import type { StepOutcome } from '../../domain/healing/ports.js';
import { identify } from '../files/process-identity.js';
import { fenceAt } from './fence.js';
import { commandEnvironment, runStep } from './run-step.js';

/** Runs the order that lies in `dir`, unless somebody else has begun it. */
export async function runOrder(dir: string, env: NodeJS.ProcessEnv): Promise<void> {
  const fence = fenceAt(dir);
  const order = await fence.order();
  const me = await identify(process.pid);
  if (order === null || me === null || !(await fence.begin(me))) return;
  const steps: StepOutcome[] = [];
  const environment = commandEnvironment(env);
  for (const step of order.steps) {
    const outcome = await runStep(step, environment);
    steps.push(outcome);
    if (outcome.code !== 0 || outcome.timedOut) {
      await fence.finish({ state: 'failed', steps });
      return;
    }
  }
  await fence.finish({ state: 'done', steps });
}
