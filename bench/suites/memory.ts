// Does the worker's memory grow with the corpus? It idles first with a handful of files; then a gigabyte appears.
import { setInterval, setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { descendantsMb, memoryMb } from '../measure/process-facts.js';
import { row, type Row } from '../measure/row.js';
import { timed } from '../measure/run.js';
import { startControlPlane, temporalProgram } from '../subjects/control-plane.js';
import { makeCorpus, type Shape } from '../subjects/corpus.js';
import { ourEnvironment } from '../subjects/ours.js';
import type { Scratch } from '../subjects/scratch.js';
import { startWorkflow } from '../../workers/start-workflow.js';
import type { SuiteOptions } from './suite.js';

export const SHAPES: readonly Pick<MemoryCase, 'name' | 'shape'>[] = [
  { name: '1,000 x 1 MB', shape: { parts: [{ files: 1000, size: 1024 * 1024 }], seed: 30 } },
  { name: '50,000 x 20 KB', shape: { parts: [{ files: 50_000, size: 20 * 1024 }], seed: 31 } },
];
const SETTLE_MS = 10_000;
const LOOK_EVERY_MS = 100;

export async function benchMemory(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { name, shape } of SHAPES) {
    const [state, data] = [scratch.dir('state'), scratch.dir('data')];
    const env = ourEnvironment(scratch.env, state, data);
    rows.push(...(await benchWorkerMemory({ name, shape, state, data, env }, options)));
  }
  return rows;
}

export interface MemoryCase {
  readonly name: string;
  readonly shape: Shape;
  /** Both empty so far. */
  readonly state: string;
  readonly data: string;
  /** Names them, and where the backup goes. */
  readonly env: NodeJS.ProcessEnv;
}

/** What the worker holds above idle, in a control plane of its own. */
export async function benchWorkerMemory(
  { name, shape, state: stateDir, data, env: base }: MemoryCase,
  options: SuiteOptions,
): Promise<Row[]> {
  const env = { ...base, NXS_TEMPORAL_CLI: await temporalProgram() };
  const plane = await startControlPlane(env, stateDir);
  try {
    await plane.firstBackup();
    await sleep(SETTLE_MS);
    const worker = (await plane.run()).pids.worker ?? 0;
    const idle = memoryMb(worker);
    if (idle === null) return [row({ what: name, note: 'not measured: it needs /proc' })];
    const { bytes } = await makeCorpus(data, shape);
    options.say(`${name}: ${(bytes / 1e9).toFixed(2)} GB written`);
    const connection = await plane.connect();
    const rows = [row({ what: `${name}: worker idle before`, unit: 'MB', ours: [idle.now] })];
    for (const [label, job] of JOBS) {
      const watch = watchMemory(worker);
      const ms = await timed(() => job(connection.client));
      const { peak, children } = await watch.end();
      options.say(`${name}: ${label} took ${(ms / 1000).toFixed(1)} s`);
      rows.push(
        row({
          what: `${name}: ${label}`,
          unit: 'MB',
          ours: [peak - idle.now],
          bar: { of: 'ours', most: 150 },
          note: `worker at most ${peak.toFixed(0)} MB; git processes beside it at most ${children.toFixed(0)} MB; ${(ms / 1000).toFixed(1)} s`,
        }),
      );
    }
    await connection.close();
    return rows;
  } finally {
    await plane.stop();
  }
}

const backUp = (client: Client) =>
  start(client, 'backup', 'backupAndVerify', { trigger: 'person', confirm: null });
const verify = (client: Client) =>
  start(client, 'verify', 'verifyBackups', { destination: null, level: 'full', heal: false });

const JOBS = [
  ['first backup and proof', backUp],
  ['no change', backUp],
  ['verify --full', verify],
] as const;

async function start(client: Client, kind: 'backup' | 'verify', type: string, input: object): Promise<void> {
  const handle = await startWorkflow(client, {
    node: 'bench',
    kind,
    type,
    by: 'bench',
    input: { node: 'bench', ...input },
    summary: 'bench',
  });
  await handle.result();
}

/** The most that the worker and, looked at from time to time, its git processes hold until `end`; in MB. */
function watchMemory(pid: number): { end(): Promise<{ peak: number; children: number }> } {
  const stop = new AbortController();
  let peak = 0;
  let children = 0;
  const look = () => {
    peak = Math.max(peak, memoryMb(pid)?.now ?? 0);
    children = Math.max(children, descendantsMb(pid));
  };
  const looking = (async () => {
    for await (const _ of setInterval(LOOK_EVERY_MS, null, { signal: stop.signal })) look();
  })().catch(() => undefined);
  return {
    async end() {
      stop.abort();
      await looking;
      look();
      return { peak, children };
    },
  };
}
