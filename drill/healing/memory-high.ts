// Memory over its limit, with a service that really holds a lot of it. To starve somebody's machine is not safe, so the limit is put below
// what is really in use: the reading is real, and so is the memory that a restart gives back.
import { readFile, writeFile } from 'node:fs/promises';
import { freemem } from 'node:os';
import { join } from 'node:path';
import { findingOf } from '../finding.js';
import type { Finding, Kit, Plane, Scenario } from '../scenario.js';
import { countedCommand, type Counted } from './command.js';
import { inconclusive, lookFor, stays } from './look.js';
import { LIMITS, steady, type HealingSetting } from './setting.js';
import { comes, storyOf, timesOf } from './story.js';

const WITHIN = 30_000;
/** ms in which a wrong word would have come: what is well for 2 s is called healed. */
const CLAIMS_WITHIN = 4_000;

const isMemory = (data: Readonly<Record<string, unknown>>) => data['subject'] === 'memory';

interface Hog {
  readonly pidFile: string;
  readonly restart: Counted;
  /** Bytes that the process of the pid file holds; null: it is gone, or the system does not tell. */
  held(): Promise<number | null>;
}

export const memoryHigh: Scenario<HealingSetting> = {
  name: 'memory-high',
  hypothesis: `When memory is over its limit, the service that may be restarted for it is restarted once within ${WITHIN / 1000} s and gives its memory back, and memory is not called well while it is over the limit.`,
  steady,
  async play(setting) {
    const bytes = Math.floor(Math.min(256e6, freemem() / 10));
    if ((await inUse()) === null) return inconclusive('this system does not tell its memory');
    const hog = await openHog(setting.kit, bytes);
    const use = await inUse();
    const limit = use === null ? 0 : Math.floor(use * 6) / 10;
    if (limit < 1) return inconclusive('almost no memory is in use: no limit fits below');
    const plane = await openMemory(setting, hog, limit);
    try {
      return await watch(plane, hog, limit, bytes);
    } finally {
      await plane.stop();
    }
  },
};

async function openMemory({ kit, plane }: HealingSetting, hog: Hog, limit: number): Promise<Plane> {
  const probe = { type: 'process', pid_file: hog.pidFile };
  const healing = {
    interval: '5s',
    thresholds: { memory_warning: limit, memory_critical: 99.9, disk_critical: 99 },
    services: [{ name: 'hog', probe, restart: [...hog.restart.argv], relieves: ['memory'], grace: '3s' }],
    limits: { ...LIMITS, recurrences: 10, cooldown: '1m' },
  };
  return kit.plane({
    node: 'memory',
    config: { 'healing.yaml': { healing } },
    files: { 'MEMORY.md': '# Memory\n' },
    temporal: await plane.temporal(),
  });
}

async function watch(plane: Plane, hog: Hog, limit: number, bytes: number): Promise<Finding> {
  const fault = Date.now();
  const [use, before] = [await inUse(), await hog.held()];
  const freed = await lookFor(WITHIN, async () => {
    const now = await hog.held();
    return now !== null && before !== null && now < before - bytes / 2 ? before - now : null;
  });
  const verified = freed === null ? null : Date.now();
  const quiet = await stays(CLAIMS_WITHIN, async () => {
    return (await comes(plane, isMemory, 0, 0, ['healing.finished'])) === null;
  });
  const still = await inUse();
  const story = await storyOf(plane, isMemory, 0);
  const runs = await hog.restart.runs();
  const ids = (await plane.journal(['healing.detected'])).map(({ data }) => String(data['incident']));
  return findingOf({
    proof:
      use !== null && use > limit && before !== null && before >= bytes
        ? `${use.toFixed(1)} % of memory are in use, read by us, ${inMegabytes(before)} of it by one service; the limit was put to ${String(limit)} % for this`
        : null,
    broken: [
      story.id === null && 'nobody noticed',
      freed === null && `the service still holds its memory, ${WITHIN / 1000} s later`,
      freed !== null && runs !== 1 && `it was restarted ${runs} times`,
      !quiet && still !== null && still > limit && 'memory was called well while it is over its limit',
    ],
    seen: `the service was restarted once and holds ${inMegabytes(freed ?? 0)} less, and memory was not called well (the limit was lowered, the reading is real)`,
    times: timesOf(story, fault, verified),
    incidents: ids,
  });
}

/** A service that holds memory until it is restarted. Its pid file names the new process before anybody can look. */
async function openHog(kit: Kit, bytes: number): Promise<Hog> {
  const pidFile = join(kit.dir, 'hog.pid');
  const idle = 'setInterval(() => undefined, 60_000)';
  const restart = await countedCommand(kit, 'restart-hog', [
    `kill -9 "$(cat "${pidFile}")"`,
    `"${process.execPath}" -e '${idle}' </dev/null >/dev/null 2>&1 &`,
    `echo $! >"${pidFile}"`,
  ]);
  const fat = `global.held = Buffer.alloc(${String(bytes)}, 1); ${idle}`;
  const { pid } = await kit.spawn('hog', [process.execPath, '-e', fat]);
  await writeFile(pidFile, String(pid));
  const held = async () => residentOf((await readFile(pidFile, 'utf8')).trim());
  await kit.until('the service holds its memory', 15_000, async () => ((await held()) ?? 0) >= bytes);
  return { pidFile, restart, held };
}

/** Bytes in memory of a process; null: it is gone, or the system does not tell. */
async function residentOf(pid: string): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const found = /^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1];
  return found === undefined ? null : Number(found) * 1024;
}

/** Percent that the machine can no longer give; null: it does not tell. */
async function inUse(): Promise<number | null> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const [total, available] = ['MemTotal', 'MemAvailable'].map((name) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN),
  );
  const use = 100 * (1 - (available ?? Number.NaN) / (total ?? Number.NaN));
  return Number.isNaN(use) ? null : use;
}

function inMegabytes(bytes: number): string {
  return `${String(Math.round(bytes / 1e6))} MB`;
}
