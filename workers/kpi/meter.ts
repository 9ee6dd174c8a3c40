// Measures the uptime in the front, which outlives worker and engine. The journal hears of it once an hour and when it changes; a file
// keeps what it has not heard, so that a kill costs seconds, and the time until the next start is known to be down.
import type { NewEvent } from '../../domain/journal.js';
import {
  beginStretch,
  counted,
  extend,
  measuredData,
  type Look,
  type Measured,
} from '../../domain/kpi/measure.js';
import { readUptime, removeUptime, writeUptime } from './uptime-file.js';

export interface MeterPorts {
  readonly stateDir: string;
  look(): Promise<Look>;
  append(event: NewEvent): Promise<void>;
  /** A line for the log. */
  warn(reason: string): void;
}

export interface Meter {
  /** What is not in the journal yet. */
  live(): Measured;
  /** Counts the time until now; for tests and for the last moment. */
  tick(): Promise<void>;
  close(): Promise<void>;
}

/** ms between two looks. */
const EVERY = 5_000;
/** ms between two writes of the file. */
const KEEP = 10_000;
/** The journal hears of a change at most this often, ms, and of no change this often. */
const CHANGED = 60_000;
const UNCHANGED = 3_600_000;
/** ms without a control plane that are no downtime: a restart by a person, or of the unit. */
const SHORT = 10_000;

export async function startMeter(ports: MeterPorts, now: () => number = Date.now): Promise<Meter> {
  const { stateDir } = ports;
  let last: Look | null = null;
  let stretch = beginStretch(now());
  let steady = performance.now();
  let kept = 0;
  let changed = false;
  let ended = false;
  let turn = Promise.resolve();

  await takeOver();
  const timer = setInterval(() => void tick(), EVERY);
  timer.unref();
  void tick();

  /** What the last control plane left behind when it was killed. */
  async function takeOver(): Promise<void> {
    const left = await readUptime(stateDir);
    if (left === null) return;
    if (!(await tell(left))) return;
    const gap = beginStretch(left.to);
    if (stretch.from - left.to > SHORT)
      await tell(counted(gap, { state: 'down', reason: 'the control plane was not running' }, stretch.from));
    await removeUptime(stateDir);
  }

  function tick(): Promise<void> {
    turn = turn.then(once).catch((error: unknown) => ports.warn(String(error)));
    return turn;
  }

  async function once(): Promise<void> {
    if (ended) return;
    pass();
    const seen = await ports.look();
    changed ||= last !== null && seen.state !== last.state;
    last = seen;
    const age = stretch.to - stretch.from;
    if (age >= (changed ? CHANGED : UNCHANGED)) await flush();
    if (Math.abs(stretch.to - kept) >= KEEP) {
      kept = stretch.to;
      await writeUptime(stateDir, stretch);
    }
  }

  function pass(): void {
    const wall = now();
    const clock = performance.now();
    // A clock that was set back begins a stretch of its own; the time in between is nobody's.
    const seen = last ?? { state: 'unknown', reason: 'it is starting' };
    stretch = wall < stretch.to ? beginStretch(wall) : extend(stretch, seen, wall, clock - steady);
    steady = clock;
  }

  /** false: it could not be told. */
  async function flush(): Promise<boolean> {
    if (stretch.to === stretch.from) return true;
    if (!(await tell(stretch))) return false;
    stretch = beginStretch(stretch.to);
    changed = false;
    return true;
  }

  /** false: the journal did not take it, and it is told again later, as a longer one. */
  async function tell(measured: Measured): Promise<boolean> {
    const data = measuredData(measured);
    try {
      await ports.append({ id: `uptime/${data.from}`, type: 'uptime.measured', at: data.to, data });
      return true;
    } catch (error) {
      ports.warn(String(error));
      return false;
    }
  }

  return {
    live: () => stretch,
    tick,
    async close() {
      clearInterval(timer);
      await turn;
      ended = true;
      pass();
      if (await flush()) await removeUptime(stateDir);
    },
  };
}
