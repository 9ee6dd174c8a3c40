import { setTimeout as sleep } from 'node:timers/promises';
import { cpuMs, memoryMb } from '../measure/process-facts.js';
import { row, type Row } from '../measure/row.js';
import { series, type Series } from '../measure/series.js';
import { startControlPlane, temporalProgram, type ControlPlane } from '../subjects/control-plane.js';
import { ourEnvironment } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import type { SuiteOptions } from './suite.js';

const SETTLE_MS = 15_000;
const IDLE_MS = 60_000;

/** `npm start` to /readyz on a new state directory and on one that was used; then a minute of idling. */
export async function benchStart(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const program = await temporalProgram();
  const into = series();
  for (let round = 0; round <= options.rounds; round += 1) {
    const stateDir = scratch.dir('state');
    const own = ourEnvironment(scratch.env, stateDir, scratch.dir('data'));
    const env = { ...own, NXS_TEMPORAL_CLI: program };
    const last = round === options.rounds;
    const counted = round === 0 && options.rounds > 0 ? series() : into;
    await once(env, stateDir, 'new', counted, null);
    await once(env, stateDir, 'used', counted, last ? into : null);
    options.say(round === 0 ? 'caches are warm' : `start: round ${round} of ${options.rounds}`);
  }
  return rows(into);
}

async function once(
  env: NodeJS.ProcessEnv,
  stateDir: string,
  state: 'new' | 'used',
  into: Series,
  idle: Series | null,
): Promise<void> {
  const plane = await startControlPlane(env, stateDir);
  try {
    into.add(state, plane.readyMs / 1000);
    await plane.firstBackup();
    if (idle !== null) await measureIdle(plane, idle);
  } finally {
    await plane.stop();
  }
}

async function measureIdle(plane: ControlPlane, into: Series): Promise<void> {
  await sleep(SETTLE_MS);
  const { pid, pids } = await plane.run();
  const watched = { supervisor: pid, worker: pids.worker ?? 0, temporal: pids.temporal ?? 0 };
  const before = Object.entries(watched).map(([name, each]) => [name, each, cpuMs(each)] as const);
  const began = performance.now();
  await sleep(IDLE_MS);
  const took = performance.now() - began;
  for (const [name, each, used] of before) {
    const now = cpuMs(each);
    const memory = memoryMb(each);
    if (used === null || now === null || memory === null) continue;
    into.add(`${name} cpu`, ((now - used) * 100) / took);
    into.add(`${name} rss`, memory.now);
  }
}

function rows(into: Series): Row[] {
  const unmeasured = into.of('worker cpu').length === 0 ? { note: 'not measured: it needs /proc' } : {};
  const ownCpu = into
    .of('supervisor cpu')
    .map((value, index) => value + (into.of('worker cpu')[index] ?? Number.NaN));
  return [
    row({
      what: 'npm start to /readyz, new state',
      unit: 's',
      ours: into.of('new'),
      bar: { of: 'ours', most: 6 },
      note: 'packages, build and the engine program are there; from exec of npm to the first 200',
    }),
    row({
      what: 'npm start to /readyz, used state',
      unit: 's',
      ours: into.of('used'),
      bar: { of: 'ours', most: 6 },
    }),
    row({
      what: 'idle CPU of our processes',
      unit: '% of a core',
      ours: ownCpu,
      bar: { of: 'ours', most: 1 },
      note: 'supervisor + worker over 60 s, 15 s after the first backup',
      ...unmeasured,
    }),
    ...(['supervisor', 'worker', 'temporal'] as const).flatMap((name) => [
      row({ what: `  ${name}: idle CPU`, unit: '% of a core', ours: into.of(`${name} cpu`) }),
      row({ what: `  ${name}: resident`, unit: 'MB', ours: into.of(`${name} rss`) }),
    ]),
  ];
}
