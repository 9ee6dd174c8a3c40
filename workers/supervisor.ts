import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { scrubForTerminal } from '../config/scrub.js';
import type { Progress } from '../adapters/temporal/source.js';
import { configuredTarget, configuredUi, embeddedTarget } from '../adapters/temporal/target.js';
import { payloadKeys } from '../adapters/temporal/payload-key.js';
import { NxsError } from '../domain/errors.js';
import { handOver } from '../config/handover.js';
import { distDirectory } from './dist-paths.js';
import { CODEC_PATH, codecOf } from './codec/routes.js';
import { startEngineChild, type EngineChild } from './engine-child.js';
import { startFront, type Front } from './front.js';
import { joined } from './front/joined.js';
import type { HttpSettings } from './front/listen-host.js';
import type { Route } from './front/route.js';
import { frontRoutes, indexRoute } from './front/routes.js';
import type { ControlPlaneStatus } from './front/status.js';
import { openLifecycleJournal } from './lifecycle-journal.js';
import { openLogger } from './log.js';
import { installedBuild } from './bundle.js';
import { packageVersion } from './package-version.js';
import { sayReady } from './say-ready.js';
import { removeRunFile, writeRunFile } from './run-file.js';
import type { ReloadFile } from './reload-file.js';
import { hasTerminal, onReloadSignals } from './reload-signals.js';
import type { Reloader } from './reload.js';
import { lockState, stateLockPath } from './state-lock.js';
import { stopRequest } from './stop-request.js';
import { startWorkerKeeper, type WorkerKeeper } from './worker-keeper.js';
import { openSystemd } from './systemd.js';
import { workerLines, type AnswerWorker, type WorkerLink } from './worker-link.js';
import type { WorkerSettings } from './worker-settings.js';

export type { WorkerLink } from './worker-link.js';

/** What other capabilities add to the front. */
export interface SupervisorParts {
  /** Further members of `/api/status`. */
  readonly statusParts?: () => Promise<Readonly<Record<string, unknown>>>;
  /** Further Prometheus metrics, as text. */
  readonly metricParts?: (pids: { readonly temporal: number | null }) => Promise<string>;
  /** Answers the worker's calls; without it every call is refused. */
  readonly answer?: AnswerWorker;
  /** Told once, before the first worker starts: the line to whichever worker is there. */
  readonly linked?: (link: WorkerLink) => void;
  /** Further checks of `/readyz`; ready is when all are true. */
  readonly checks?: () => Readonly<Record<string, boolean>>;
  /** Awaited when no new connection is taken any more, before the worker is stopped. */
  readonly closing?: () => Promise<void>;
  /** Routes of other parts; one for `/` takes the index's place. */
  readonly routes?: () => readonly Route[];
  /** At a reload: they are in force from now on. Must not fail. */
  readonly adopt?: () => void;
  /** At a reload: others have taken their place. */
  readonly retire?: () => void;
}

/** What a reload does to the running control plane. */
export interface ReloadControl {
  readonly started: string;
  /** Puts other parts into the place of the present ones, between two requests. */
  swap(parts: SupervisorParts, http: HttpSettings): void;
  renewWorker(): void;
  readonly say: (line: string) => void;
  readonly told: (reload: ReloadFile) => void;
}

export interface SupervisorOptions extends SupervisorParts {
  readonly config: WorkerSettings & { readonly nxs: { readonly http: HttpSettings } };
  /** `--config DIR`, passed on to the worker, which loads the config itself. */
  readonly configDir?: string | null;
  /** Environment of the children and of the search for Temporal's program. */
  readonly env?: NodeJS.ProcessEnv;
  /** One line for the person at the terminal. */
  readonly say: (line: string) => void;
  /** Progress of fetching Temporal's program; `say` when left out. */
  readonly progress?: Progress;
  /** Opened when the state directory is ours alone; what it gives stands beside the options. */
  readonly open?: () => Promise<SupervisorParts>;
  /** Makes it take another configuration on SIGHUP and SIGUSR2 (workers/reload.ts). */
  readonly reloading?: (control: ReloadControl) => Reloader;
  /** The worker's main; the built one when left out. */
  readonly workerModule?: string;
}

/** The worker has 30 s to drain (its own limits end it before). */
const WORKER_PATIENCE_MS = 31_000;
const ENGINE_PATIENCE_MS = 10_000;
/** Certificates are renewed days before they end. */
const CERTIFICATES_MS = 60_000;

/**
 * `nxs up`: front in this process, worker and engine as children that are kept alive, until a signal comes.
 * Resolves to the exit code. Throws NxsError ALREADY_RUNNING, STATE_UNREADABLE, CONFIG_INVALID,
 * ENGINE_UNAVAILABLE or BUNDLE_STALE when it cannot start; nothing is left running then.
 */
export async function runSupervisor(given: SupervisorOptions): Promise<number> {
  const { config, say: tellPerson } = given;
  const { node, stateDir } = config;
  const lock = await lockState(stateDir);
  let options = { ...given, ...(await openParts(given, lock)) };
  const env = given.env ?? process.env;
  const began = performance.now();
  const started = new Date().toISOString();
  const log = openLogger(config, 'supervisor');
  const journal = openLifecycleJournal({ stateDir, node, started }, log);
  const say = (text: string) => {
    const line = scrubForTerminal(text);
    log.info(line);
    tellPerson(line);
  };
  const systemd = openSystemd(env, (reason) => log.warn({ reason }, 'systemd cannot be told'));
  let front: Front | null = null;
  let engine: EngineChild | null = null;
  let worker: WorkerKeeper | null = null;
  let ending = false;
  let deaf: (() => void) | null = null;
  let lastWrite = Promise.resolve();

  const kill = () => {
    worker?.keeper.kill();
    engine?.keeper.kill();
  };
  const request = stopRequest(
    (exitCode) => {
      kill();
      removeRunFile(stateDir);
      rmSync(stateLockPath(stateDir), { force: true });
      process.exit(exitCode);
    },
    given.reloading === undefined || hasTerminal(),
  );
  process.on('exit', kill);
  const current = () => reloader?.config() ?? config;
  const external = () => configuredTarget(current().nxs.temporal);
  const reloader = given.reloading?.({
    started,
    say,
    renewWorker: () => worker?.keeper.renew(),
    told: (reload) => journal.reloaded(reload),
    swap(parts, http) {
      const before = options;
      options = { ...given, ...parts };
      options.adopt?.();
      front?.reguard(http);
      before.retire?.();
    },
  });
  const configured = () => (reloader === undefined ? {} : { configured: reloader.since() });
  const reload = () => void reloader?.reload().then(changed);
  const certificates = setInterval(() => void reloader?.checkCertificates(), CERTIFICATES_MS);
  const pids = () => ({
    worker: worker?.keeper.child()?.pid ?? null,
    temporal: engine?.keeper.child()?.pid ?? null,
  });
  const urls = () => ({
    http: front?.url ?? '',
    temporal: external()?.address ?? engine?.address() ?? '',
    ui: engine?.ui() ?? configuredUi(current().nxs.temporal),
  });
  const own = { version: packageVersion(), build: await installedBuild() };
  const changed = () => {
    if (ending || front === null || worker === null) return;
    const run = { pid: process.pid, pids: pids(), node, ...urls(), started, ...own, ...configured() };
    lastWrite = lastWrite
      .then(() => writeRunFile(stateDir, run))
      .catch((error: unknown) => log.error(error, 'run.json'));
  };
  const nobody = (method: string) => Promise.reject(new NxsError('USAGE', `There is no call "${method}".`));
  const lines = workerLines((...asked) => (options.answer ?? nobody)(...asked));
  options.linked?.(lines);
  const status = async (patience?: number): Promise<ControlPlaneStatus> => {
    const state = (await worker?.probe.state(patience)) ?? {
      polling: false,
      temporal: false,
      readable: true,
      detail: 'starting',
    };
    const checks = {
      config: true,
      worker: state.polling,
      temporal: state.temporal,
      payloads: state.readable,
      ...options.checks?.(),
    };
    return {
      node,
      pid: process.pid,
      pids: pids(),
      restarts: { worker: worker?.keeper.restarts() ?? 0, temporal: engine?.keeper.restarts() ?? 0 },
      started,
      configured: reloader?.since() ?? started,
      uptime: Math.round(performance.now() - began) / 1000,
      urls: urls(),
      ready: Object.values(checks).every(Boolean),
      checks,
      detail: state.detail,
    };
  };

  try {
    const ours = frontRoutes({
      status,
      statusParts: async () => (await options.statusParts?.()) ?? {},
      metricParts: async () => (await options.metricParts?.(pids())) ?? '',
    });
    const codec = codecOf(current, () => urls().ui);
    const none: readonly Route[] = [];
    const routes = joined(
      () => [options.routes?.() ?? none, codec(), ours],
      (all) => (all.some((route) => route.path === '/') ? all : [...all, indexRoute(all)]),
    );
    const onError = (error: unknown) => log.error(error, 'a request failed');
    front = await startFront({ http: config.nxs.http, routes, say, onError });
    systemd.answering();
    if (config.nxs.temporal.mode === 'embedded') {
      const { port = 7233, ui_port: uiPort = 8233 } = config.nxs.temporal;
      engine = await startEngineChild({
        stateDir,
        wanted: { port, uiPort },
        uiCodec: payloadKeys(config.nxs.temporal).length === 0 ? null : `${front.url}${CODEC_PATH}`,
        env,
        say,
        progress: options.progress ?? say,
        changed,
        restarted: (restart) => journal.restarted('engine', restart),
        moved: () => worker?.keeper.renew(),
        fatal: request.fail,
      });
    }
    worker = startWorkerKeeper({
      module: options.workerModule ?? join(distDirectory(), 'workers', 'worker.js'),
      stateDir,
      configDir: options.configDir ?? null,
      env: { ...env, NXS_NODE: node, NXS_STATE_DIR: stateDir, NXS_DATA_DIR: config.dataDir },
      handover: () => (reloader === undefined ? null : handOver(reloader.config())),
      target: async () =>
        external() ?? embeddedTarget((await engine?.serving()) ?? '', payloadKeys(current().nxs.temporal)),
      log,
      say,
      changed,
      lines,
      restarted: (restart) => journal.restarted('worker', restart),
      ready: (first) => {
        engine?.served();
        reloader?.workerReady();
        if (!first) say('the worker is back');
        else {
          sayReady(say, began, urls());
          systemd.ready();
          journal.started({ version: packageVersion(), http: urls().http });
        }
      },
      fatal: request.fail,
      failed: (message) => reloader?.workerFailed(message),
    });
    changed();
    deaf = reloader === undefined ? null : onReloadSignals(reload);
    const stop = await request.asked;
    say(stop.kind === 'signal' ? `stopping (${stop.signal})` : 'stopping: it cannot start');
    ending = true;
    deaf?.();
    systemd.stopping();
    journal.stopped(stop.kind === 'signal' ? stop.signal : 'it cannot start');
    front.stopAccepting();
    await options.closing?.();
    await worker.keeper.stop(WORKER_PATIENCE_MS);
    await engine?.keeper.stop(ENGINE_PATIENCE_MS);
    if (stop.kind === 'failure') throw stop.error;
    say('stopped');
    return 0;
  } finally {
    ending = true;
    deaf?.();
    clearInterval(certificates);
    systemd.close();
    kill();
    await lastWrite;
    await journal.close();
    await front?.close();
    removeRunFile(stateDir);
    await lock.release();
    request.done();
    process.off('exit', kill);
  }
}

async function openParts(
  { open }: SupervisorOptions,
  lock: { release(): Promise<void> },
): Promise<SupervisorParts> {
  try {
    return (await open?.()) ?? {};
  } catch (error) {
    await lock.release();
    throw error;
  }
}
