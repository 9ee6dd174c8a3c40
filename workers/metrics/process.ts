// What a process of ours uses, read when somebody asks: nothing is measured in between, so it costs an idle node nothing.
import { readdir, readFile } from 'node:fs/promises';
import { performance, type EventLoopUtilization } from 'node:perf_hooks';

export interface ProcessFigures {
  /** `supervisor`, `worker` or `temporal`. */
  readonly process: string;
  /** Bytes; null where the system does not tell. */
  readonly rss: number | null;
  readonly heap: number | null;
  /** Seconds of CPU since its start. */
  readonly cpu: number | null;
  readonly openFiles: number | null;
  /** Timers, sockets, pipes and requests that keep it alive. */
  readonly handles: number | null;
  /** How late a timer of zero came just now, seconds. */
  readonly lag: number | null;
  /** Share of the time since the last reading in which the loop was busy, 0 to 1. */
  readonly busy: number | null;
  /** Unix time, seconds. */
  readonly started: number | null;
}

const started = Date.now() / 1000 - process.uptime();
let before: EventLoopUtilization | undefined;

/** Of this very process. */
export async function ownFigures(name: string): Promise<ProcessFigures> {
  const lag = await loopLag();
  const now = performance.eventLoopUtilization();
  const busy = performance.eventLoopUtilization(now, before).utilization;
  before = now;
  const { rss, heapUsed } = process.memoryUsage();
  const { user, system } = process.cpuUsage();
  return {
    process: name,
    rss,
    heap: heapUsed,
    cpu: (user + system) / 1e6,
    openFiles: await openFiles('self'),
    handles: process.getActiveResourcesInfo().length,
    lag,
    busy,
    started,
  };
}

function loopLag(): Promise<number> {
  const began = performance.now();
  return new Promise((resolve) => {
    setImmediate(() => resolve((performance.now() - began) / 1000));
  });
}

/** Clock ticks a second and bytes a page of every Linux that Node runs on. */
const TICKS = 100;
const PAGE = 4096;

/** Of a process that is not ours to ask (Temporal's server); null where there is no `/proc`, or it has gone. */
export async function foreignFigures(name: string, pid: number): Promise<ProcessFigures | null> {
  const [stat, statm] = await Promise.all(
    ['stat', 'statm'].map((file) => readFile(`/proc/${pid}/${file}`, 'utf8').catch(() => null)),
  );
  if (typeof stat !== 'string' || typeof statm !== 'string') return null;
  // The name in brackets may hold anything, so the count begins behind it.
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  const [user = 0, system = 0] = fields.slice(11, 13);
  return {
    process: name,
    rss: Number(statm.split(' ')[1] ?? 0) * PAGE,
    heap: null,
    cpu: (user + system) / TICKS,
    openFiles: await openFiles(String(pid)),
    handles: null,
    lag: null,
    busy: null,
    started: null,
  };
}

async function openFiles(pid: string): Promise<number | null> {
  return readdir(`/proc/${pid}/fd`).then(
    (names) => names.length,
    () => null,
  );
}
