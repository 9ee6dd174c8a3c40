// What a fleet costs Temporal, the hub and GitHub a day: measured on whole nodes, computed for ten, a thousand and a hundred thousand,
// and the hub's contention simulated. docs/scale.md has what came out.
import { loadConfig } from '../../config/load.js';
import { RETENTION_DAYS } from '../../domain/drift.js';
import type { Row } from '../measure/row.js';
import { atOnce, stepTimes } from '../scale/calibrate.js';
import { githubCost } from '../scale/github.js';
import type { NodeCost, Rhythm } from '../scale/model.js';
import { contentionRows, githubRows, windowRows, type Real } from '../scale/rows.js';
import {
  ceilingsOf,
  ceilingTable,
  contentionTable,
  dayTable,
  splitTable,
  unitTable,
} from '../scale/tables.js';
import { openUnits } from '../scale/units.js';
import { fleetWindow } from '../scale/window.js';
import { hubCost } from '../subjects/http-hub.js';
import { startUpstream } from '../subjects/llm-upstream.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

/** A guess: an agent's memory, one file an hour. */
const CHANGES_A_DAY = 24;
const AT_ONCE = [5, 10, 20] as const;
const STEP_ROUNDS = 8;
const AT_ONCE_ROUNDS = 2;
const HUB_TIMES = 40;
/** Starting a node takes some seconds of both cores; the costs of one run are measured at the same time. */
const START_MS = 8_000;

export async function benchScale(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const { nodes, minutes, say } = options;
  const rhythm = await rhythmOf(scratch);
  const upstream = await startUpstream('model');
  const provider = `${upstream.url}/v1`;
  const unitBench = await openUnits(scratch, provider);
  say('two nodes that show what one run costs are up');
  const ends = Date.now() + nodes * START_MS * 0.5 + minutes * 60_000;
  const both = await Promise.all([
    fleetWindow(scratch, provider, { nodes, minutes, say }),
    unitBench.measure(ends),
  ]).finally(() => unitBench.stop());
  await upstream.stop();
  const [window, units] = both;
  say('the window is over; now git alone');
  const times = await stepTimes(scratch, STEP_ROUNDS);
  const hub = await hubCost(scratch, HUB_TIMES);
  const real: Real[] = [];
  for (const count of AT_ONCE) {
    real.push({ count, rounds: await atOnce(scratch, count, AT_ONCE_ROUNDS) });
    say(`${count} nodes have published at once`);
  }
  const { first, ...github } = await githubCost(scratch);
  const cost: NodeCost = { ...units.cost, github };
  const tables = [
    unitTable(cost, units.runs, rhythm),
    dayTable(cost, rhythm, RETENTION_DAYS),
    ceilingTable(ceilingsOf(cost, rhythm, RETENTION_DAYS, window, hub)),
    contentionTable(times, hub),
    splitTable(times, hub),
  ];
  process.stdout.write(`${tables.join('\n')}\n`);
  return [
    ...windowRows(window, cost, rhythm),
    ...contentionRows(times, hub, real),
    ...githubRows(github, first),
  ];
}

/** As a node has it that says nothing about it. */
async function rhythmOf(scratch: Scratch): Promise<Rhythm> {
  const { backup, sync } = await loadConfig({
    env: { ...scratch.env, NXS_STATE_DIR: scratch.dir('defaults') },
  });
  return {
    every: {
      sync: sync.interval,
      backup: backup.every,
      'access-check': 3_600_000,
      verify: backup.verify.every,
      'restore-drill': backup.restore_drill.every,
    },
    poll: sync.poll,
    changes: CHANGES_A_DAY,
    tries: 1,
  };
}
