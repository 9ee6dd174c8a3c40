// A control plane as a user starts it: `nxs up` in a process of its own, on a scratch HOME, config, data and state directory.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { readJournal } from '../../adapters/journal/read.js';
import type { JournalEvent } from '../../domain/journal.js';
import { readRunFile, type RunFile } from '../../workers/run-file.js';
import type { Child, Plane, PlaneOptions } from '../scenario.js';
import { nxsMain, runNxs } from './command.js';
import { writeConfig } from './configuration.js';
import { freePort } from './free-port.js';
import { killGroup, type Processes } from './processes.js';
import { homeDirs, surroundings } from './surroundings.js';
import { until } from './until.js';
import { watchFront, type Uptime } from './watch-front.js';

export interface DrillPlane extends Plane {
  uptime(): Uptime;
  /** Kills all three processes at once. */
  kill(): Promise<void>;
}

export interface PlacedPlane {
  /** Made here. */
  readonly dir: string;
  readonly processes: Processes;
  /** Temporal's program. */
  readonly program: string;
}

/** Longest that a plane may take to be ready; several start at once on a small machine. */
const START_MS = 90_000;
const STOP_MS = 40_000;

/** Starts it; ready when it resolves. Throws when it ends before, with what it said. */
export async function startPlane(place: PlacedPlane, options: PlaneOptions): Promise<DrillPlane> {
  const { dir, processes, program } = place;
  const [configDir, dataDir, stateDir] = [join(dir, 'config'), join(dir, 'data'), join(dir, 'state')];
  for (const each of [configDir, dataDir, stateDir, ...homeDirs(dir)])
    await mkdir(each, { recursive: true, mode: 0o700 });
  const ports = { http: await freePort(), temporal: await freePort(), ui: await freePort() };
  await writeConfig(configDir, options, ports);
  for (const [path, text] of Object.entries(options.files ?? {})) {
    await mkdir(dirname(join(dataDir, path)), { recursive: true });
    await writeFile(join(dataDir, path), text);
  }
  const env: Readonly<Record<string, string>> = {
    ...surroundings(dir),
    NXS_CONFIG_DIR: configDir,
    NXS_DATA_DIR: dataDir,
    NXS_STATE_DIR: stateDir,
    NXS_NODE: options.node,
    NXS_TEMPORAL_CLI: program,
    ...options.env,
  };
  let http = `http://127.0.0.1:${ports.http}`;
  let child: Child | null = null;
  const watch = watchFront(() => http);

  async function running(): Promise<RunFile> {
    const file = await readRunFile(stateDir);
    if (file === null || file.pid !== child?.pid) throw new Error(`${options.node} has no run.json`);
    return file;
  }

  async function get(path: string): Promise<{ readonly status: number; readonly body: unknown }> {
    const response = await fetch(http + path, { signal: AbortSignal.timeout(10_000) });
    const text = await response.text();
    const json = response.headers.get('content-type')?.includes('json') === true;
    return { status: response.status, body: json ? (JSON.parse(text) as unknown) : text };
  }

  async function ready(within: number): Promise<void> {
    await until(`${options.node} is ready`, within, async () => (await get('/readyz')).status === 200);
  }

  async function start(): Promise<void> {
    const log = join(dir, 'up.log');
    const started = await processes.spawn({
      command: [process.execPath, nxsMain(), 'up'],
      env,
      log,
      cwd: dir,
    });
    child = started;
    let ended = false;
    void started.ended.then(() => (ended = true));
    const file = await until(`${options.node} writes run.json`, START_MS, async () =>
      ended ? 'ended' : await running(),
    );
    if (file === 'ended') throw new Error(`${options.node} ended at its start: ${await lastWords(log)}`);
    http = file.http;
    await ready(START_MS);
    watch.begin();
  }

  await start();
  return {
    node: options.node,
    ...{ dataDir, stateDir, configDir, env },
    get http() {
      return http;
    },
    async temporal() {
      return (await running()).temporal;
    },
    async pids() {
      const { pid, pids } = await running();
      return { supervisor: pid, ...pids };
    },
    nxs: (...args) => runNxs(args, env, dir),
    async journal(types = []) {
      const events: JournalEvent[] = [];
      for await (const event of readJournal(join(stateDir, 'journal'), { types })) events.push(event);
      return events;
    },
    get,
    ready,
    start,
    async stop(signal = 'SIGTERM') {
      watch.pause();
      child?.kill(signal);
      let over = child === null;
      void child?.ended.then(() => (over = true));
      await until(`${options.node} stops`, STOP_MS, () => over);
    },
    uptime: watch.uptime,
    async kill() {
      watch.pause();
      const file = await readRunFile(stateDir);
      child?.kill('SIGKILL');
      for (const pid of [file?.pids.worker, file?.pids.temporal])
        if (typeof pid === 'number') killGroup(pid, 'SIGKILL');
    },
  };
}

/** The last lines that it wrote, as one. */
async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  return text.trim().split('\n').slice(-3).join(' / ').slice(-500);
}
