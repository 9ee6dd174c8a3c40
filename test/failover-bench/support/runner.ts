import { setTimeout as sleep } from 'node:timers/promises';
import { ANSWER } from '../../support/llm-answer.js';
import { callChat } from '../../support/llm-caller.js';
import { judgeHeard, type Heard } from '../../support/llm-heard.js';
import { openUpstream, type Attempt, type Upstream } from '../../support/llm-upstream.js';
import { OUTAGE, OUTAGE_CALLS, OUTAGE_EVERY } from './catalogue.js';
import { backAt } from './checks.js';
import type { Arrival, Run, Scale, Scenario } from './scenario.js';
import type { StartSystem, SystemUnderTest } from './system.js';
import { judgeRun, type Judged } from './verdict.js';

export interface RunOptions {
  readonly start: StartSystem;
  /** 1: as published; less: every scaled duration shrinks by it. */
  readonly scale: number;
  readonly stream: boolean;
  /** Somebody else's server as the primary, misbehaving by itself. */
  readonly primary?: (scale: Scale) => Promise<Upstream>;
}

export interface Result extends Judged {
  readonly scenario: Scenario;
  readonly run: Run;
}

/** What the two providers call their models. */
export const MODELS = { primary: 'model-primary', fallback: 'model-fallback' };

/** One scenario from two fresh providers and a fresh system to its verdict. */
export async function runScenario(scenario: Scenario, options: RunOptions): Promise<Result> {
  const factor = scenario.scaled ? options.scale : 1;
  const scale: Scale = (ms) => ms * factor;
  const primary = await (options.primary?.(scale) ??
    openUpstream({ model: MODELS.primary, script: scenario.primary(scale) }));
  const fallback = await openUpstream({ model: MODELS.fallback, continuation: scenario.continuation });
  const models = { primary: primary.model, fallback: fallback.model };
  let system: SystemUnderTest | null = null;
  try {
    system = await options.start({ primary, fallback, scale: factor });
    const began = performance.now();
    const all = await drive(scenario, { url: system.url, stream: options.stream, scale, models });
    const run: Run = {
      scale,
      heard: all[0]!.heard,
      all,
      primary: arrivals(await primary.attempts(), began),
      fallback: arrivals(fallback.attempts(), began),
      models,
    };
    return { scenario, run, ...judgeRun(scenario, run) };
  } finally {
    await system?.close();
    await Promise.all([primary.close(), fallback.close()]);
  }
}

interface Driving {
  readonly url: string;
  readonly stream: boolean;
  readonly scale: Scale;
  readonly models: Run['models'];
}

async function drive({ calls, patience }: Scenario, driving: Driving): Promise<Run['all']> {
  const { url, stream, scale } = driving;
  const began = performance.now();
  const all: { at: number; heard: Heard }[] = [];
  const call = async () => {
    const at = performance.now() - began;
    const raw = await callChat({ url, stream, patience: scale(patience) });
    all.push({ at, heard: judgeHeard(raw, ANSWER) });
  };
  await call();
  if (calls === 'one, then a healthy one') await call();
  if (calls === 'outage') {
    // Twenty calls, and on until the primary is back or its time for that is over.
    const over = () =>
      all.length >= OUTAGE_CALLS && (isBack() || performance.now() - began > scale(1.6 * OUTAGE));
    const isBack = () => backAt({ all, models: driving.models, scale }, OUTAGE) !== null;
    for (let next = 1; !over(); next += 1) {
      await sleep(Math.max(0, began + next * scale(OUTAGE_EVERY) - performance.now()));
      await call();
    }
  }
  return all;
}

function arrivals(attempts: readonly Attempt[], began: number): Arrival[] {
  return attempts.map(({ at, ...rest }) => ({ ...rest, ms: at - began }));
}
