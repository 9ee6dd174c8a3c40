// A whole soak: the world, the load, the storm, the watchers, the calm, the report.
import { randomBytes } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { OpenKit } from '../drill/kit.js';
import { machineFacts } from '../drill/machine.js';
import { judgeCalm, judgeStop } from './calm.js';
import type { KeyedAnswer } from './checks/acts.js';
import type { Damage } from './checks/backup.js';
import type { CallSeen } from './checks/gateway.js';
import type { WorkflowSeen } from './checks/histories.js';
import { openCourt } from './court.js';
import { openLedger } from './load/ledger.js';
import { startLoad } from './load/load.js';
import { copyOf, openHistory } from './look/contents.js';
import { lookAtWorkflows } from './look/workflows.js';
import type { Struck, Violation } from './model.js';
import type { SoakOptions } from './options.js';
import { NODES } from './plan/catalogue.js';
import { planOf, type Planned } from './plan/plan.js';
import { REPORT_VERSION, type SoakReport } from './report/model.js';
import { numbersOf } from './report/numbers.js';
import { faultRows, historyRows, invariantRows, mergedRuns } from './report/summary.js';
import { startStorm } from './storm.js';
import {
  checkActs,
  checkContent,
  checkJournals,
  checkKpis,
  checkLogs,
  checkSecrets,
  checkState,
} from './watch/books.js';
import { keepWatch } from './watch/keep.js';
import { faultsAt, nodesOf, type Scene } from './watch/scene.js';
import { openWorld, type World } from './world/world.js';

export interface Telling {
  readonly say: (line: string) => void;
  /** `offset`: ms since the faults began. */
  readonly violation: (violation: Violation, offset: number) => void;
}

/** `cut`: aborted when somebody wants it to end. Everything that was started is ended, whatever happens. */
export async function runSoak(options: SoakOptions, cut: AbortSignal, tell: Telling): Promise<SoakReport> {
  const { seed, minutes, only, keep } = options;
  const { say } = tell;
  const started = Date.now();
  const plan = planOf({ seed, length: minutes * 60_000, only });
  let kit: OpenKit | null = null;
  let root = '';
  const wayOut = () => {
    kit?.kill();
    if (!keep && root !== '') rmSync(root, { recursive: true, force: true });
  };
  process.on('exit', wayOut);
  try {
    say(`seed ${String(seed)}: ${String(plan.length)} faults in ${String(minutes)} min`);
    const world = await openWorld({
      ...{ seed, say },
      opened: (made, at) => ([kit, root] = [made, at]),
    });
    try {
      const seen = await soak(world, plan, seed, cut, tell);
      return {
        version: REPORT_VERSION,
        verdict: seen.violations.length > 0 ? 'FAIL' : cut.aborted ? 'INCONCLUSIVE' : 'PASS',
        ...{ seed, minutes, only, plan },
        started: new Date(started).toISOString(),
        duration_ms: Date.now() - started,
        machine: machineFacts(world.temporal),
        ...seen,
      };
    } finally {
      await world.close();
    }
  } finally {
    process.off('exit', wayOut);
    if (keep) say(`kept: ${root}`);
    else if (root !== '') await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

type Seen = Pick<
  SoakReport,
  'invariants' | 'violations' | 'faults' | 'resources' | 'histories' | 'state' | 'load'
>;

async function soak(
  world: World,
  plan: readonly Planned[],
  seed: number,
  cut: AbortSignal,
  { say, violation: told }: Telling,
): Promise<Seen> {
  const began = Date.now();
  const damages: Damage[] = [];
  const calls: CallSeen[] = [];
  const keyed: KeyedAnswer[] = [];
  let struck: () => readonly Struck[] = () => [];
  const court = openCourt(
    (time) => faultsAt(struck(), time),
    (violation) => told(violation, violation.at - began),
  );
  const ledger = openLedger();
  const history = openHistory([world.hub, ...NODES.map((name) => copyOf(world.nodes[name]))]);
  const scene: Scene = {
    ...{ world, court, ledger, history, damages, calls, keyed, began },
    struck: () => struck(),
  };
  const whisper = `whisper${randomBytes(6).toString('hex')}`;
  const [loadOver, watchOver] = [new AbortController(), new AbortController()];
  const over = AbortSignal.any([cut, loadOver.signal]);
  // Everybody listens to them: that is no leak.
  for (const signal of [cut, over, watchOver.signal]) setMaxListeners(0, signal);

  const load = startLoad({
    ...{ scene, seed, whisper, over },
    told: (call) => calls.push(call),
    keyed: (answer) => keyed.push(answer),
  });
  const storm = startStorm(
    plan,
    {
      ...{ world, ledger, over: cut },
      damaged: (damage) => damages.push(damage),
      wrong: (problem) => court.check('convergence', [problem]),
    },
    court,
    say,
  );
  struck = storm.struck;
  const watch = keepWatch(scene, watchOver.signal);
  const progress = setInterval(() => {
    const at = ((Date.now() - began) / 60_000).toFixed(1);
    const done = `${String(storm.struck().length)} of ${String(plan.length)} faults`;
    const violations = `${String(court.violations().length)} violations`;
    say(
      `${at} min: ${done}, ${String(calls.length)} calls, ${String(ledger.all().length)} contents, ${violations}`,
    );
  }, 30_000);

  await storm.done;
  loadOver.abort();
  const counts = await load.ended();
  let workflows: readonly WorkflowSeen[] = [];
  if (!cut.aborted) {
    await judgeCalm(scene, say);
    await load.askAllAgain();
    await checkContent(scene);
    await checkActs(scene);
    await checkKpis(scene);
    for (const node of nodesOf(scene)) workflows = [...workflows, ...(await lookAtWorkflows(node, true))];
  }
  clearInterval(progress);
  watchOver.abort();
  await watch.done;
  watch.calls.look(true);
  const resources = watch.resources.judge();
  await judgeStop(scene, say);
  await checkJournals(scene);
  await checkLogs(scene);
  await checkSecrets(scene, whisper);
  const sizes = await checkState(scene);
  const events = (await Promise.all(nodesOf(scene).map(({ plane }) => plane.journal()))).flat();
  const violations = court.violations();
  return {
    invariants: invariantRows(court.checks(), violations),
    violations: violations.map((each) => ({ ...each, offset_ms: each.at - began })),
    faults: faultRows(plan, storm.struck()),
    resources,
    histories: historyRows(mergedRuns(workflows, watch.workflows)),
    state: Object.fromEntries([...sizes].map(([name, parts]) => [name, Object.fromEntries(parts)])),
    load: numbersOf({ calls, contents: ledger.all().length, load: counts, events, skipped: storm.skipped() }),
  };
}
