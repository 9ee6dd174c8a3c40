// What it costs while all is well.
import { setTimeout as sleep } from 'node:timers/promises';
import { healingWorkflowId } from '../../domain/ids.js';
import { cpuMs } from '../measure/process-facts.js';
import { row, type Row } from '../measure/row.js';
import type { ControlPlane } from '../subjects/control-plane.js';
import type { SuiteOptions } from './suite.js';

const SETTLE = 15_000;

export async function benchHealingIdle(plane: ControlPlane, options: SuiteOptions): Promise<readonly Row[]> {
  await sleep(SETTLE);
  const { pid, pids } = await plane.run();
  const watched = { supervisor: pid, worker: pids.worker ?? 0, temporal: pids.temporal ?? 0 };
  const used = () => ({
    supervisor: cpuMs(watched.supervisor),
    worker: cpuMs(watched.worker),
    temporal: cpuMs(watched.temporal),
  });
  const before = await history(plane);
  const [began, first] = [performance.now(), used()];
  await sleep(options.idle);
  const [took, last] = [performance.now() - began, used()];
  const after = await history(plane);
  if (after.run !== before.run) throw new Error('the loop began another run');
  options.say(`idle: ${Math.round(took / 1000)} s are over`);
  const share = (name: keyof typeof watched): readonly number[] => {
    const [from, to] = [first[name], last[name]];
    return from === null || to === null ? [] : [((to - from) * 100) / took];
  };
  const [supervisor, worker, temporal] = [share('supervisor'), share('worker'), share('temporal')];
  const seconds = Math.round(options.idle / 1000);
  return [
    row({
      what: `idle for ${seconds} s: events that the loop's history gained`,
      unit: 'events',
      ours: [after.length - before.length],
      bar: { of: 'ours', most: 0 },
      note: `historyLength of the loop before: ${before.length}, after: ${after.length}; one healthy service`,
    }),
    row({
      what: 'idle CPU of supervisor + worker',
      unit: '% of a core',
      ours: supervisor.map((value, index) => value + (worker[index] ?? Number.NaN)),
      bar: { of: 'ours', most: 1 },
      note: 'CPU seconds per second of the whole control plane, 15 s after its first backup; needs /proc',
    }),
    row({ what: '  supervisor', unit: '% of a core', ours: supervisor }),
    row({ what: '  worker', unit: '% of a core', ours: worker }),
    row({ what: '  Temporal', unit: '% of a core', ours: temporal }),
  ];
}

async function history(plane: ControlPlane): Promise<{ readonly run: string; readonly length: number }> {
  const { client, close } = await plane.connect();
  try {
    const { runId, historyLength } = await client.workflow.getHandle(healingWorkflowId('bench')).describe();
    return { run: runId, length: historyLength };
  } finally {
    await close();
  }
}
