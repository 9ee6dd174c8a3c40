import { Client } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { Runtime, Worker, type NativeConnection, type WorkerOptions } from '@temporalio/worker';
import { setMaxListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { dataConverter } from '../adapters/temporal/data-converter.js';
import type { TemporalTarget } from '../adapters/temporal/target.js';
import { errorCode, errorMessage, ERRORS, NxsError } from '../domain/errors.js';
import { identityText, type WorkerIdentity } from '../domain/fleet/identity.js';
import { taskQueue } from '../domain/ids.js';
import type { Tracer } from '../domain/telemetry.js';
import { checkBundle, workflowBundle } from './bundle.js';
import type { FrontCalls } from './failover/calls.js';
import { ownIdentity } from './fleet/own-identity.js';
import { awaitPlace, keepPlace } from './fleet/place.js';
import { openLogger, type Logger } from './log.js';
import { openSdkSource, type SdkSource } from './metrics/sdk-metrics.js';
import { answerMetrics } from './metrics/worker.js';
import { prepareNamespace } from './prepare-namespace.js';
import { sdkLogger } from './sdk-logger.js';
import { rpcPeer, type Answer, type Caller } from './rpc.js';
import { linkToSupervisor } from './supervisor-link.js';
import { openUnreadable, type Unreadable } from './unreadable.js';
import { answers, connectPatiently } from './worker-connection.js';
import { WORKER_LIMITS } from './worker-limits.js';
import { tracedActivities } from './telemetry/activities.js';
import { tracedAnswer, tracedCalls } from './telemetry/calls.js';
import { openTracing } from './telemetry/open.js';
import { watchRuns } from './telemetry/runs.js';
import type { WorkerParts, WorkerSettings, Wiring } from './worker-settings.js';

/**
 * Eight parts wait for the worker's end for as long as it lives, and a monitor that gives way stands beside its successor for a
 * moment: with the default of ten that is already reported as a leak. A real one still is.
 */
const STOP_LISTENERS = 32;

interface Running {
  /** Why it does not poll yet, when it is not Temporal. */
  waiting: string | null;
  connection: NativeConnection | null;
  worker: Worker | null;
  unreadable: Unreadable | null;
}

/**
 * The worker process from its first message to its exit code. It ends by itself when the supervisor is gone,
 * drains on a stop message or a signal, and exits 1 when it fails, to be started again.
 */
export async function runWorker<C extends WorkerSettings>(parts: WorkerParts<C>): Promise<never> {
  // A V8 that does not know it says so on stderr and goes on. Measured: npm run bench -- memory.
  setFlagsFromString('--heap-growing-percent=40');
  const stop = new AbortController();
  setMaxListeners(STOP_LISTENERS, stop.signal);
  const running: Running = { connection: null, worker: null, waiting: null, unreadable: null };
  let answer: Answer | null = null;
  const rpc = rpcPeer({
    peer: 'the supervisor',
    send: (message) => link.send(message),
    answer: (method, params, trace) => (answer ?? notYet)(method, params, trace),
  });
  const link = linkToSupervisor({
    ask: (id) => void state(running).then((now) => link.send({ type: 'state', id, ...now })),
    rpc: (message) => rpc.hear(message),
    stop: () => stop.abort(),
    lost: () => process.exit(1),
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
  try {
    // Temporal's workflow sandbox takes the time zone of its process, and a replay elsewhere would differ.
    if (process.env['TZ'] !== 'UTC') throw new NxsError('USAGE', 'The worker must be started with TZ=UTC.');
    const start = await link.started();
    if (start === null || stop.signal.aborted) process.exit(0);
    const config = await parts.load(start);
    const log = openLogger(config, 'worker');
    const sdk = config.nxs.telemetry?.worker_metrics === false ? null : openSdkSource();
    const tracer = await openTracing(config, 'worker', log);
    installRuntime(log, sdk, tracer);
    const front = tracedCalls(rpc, tracer) as Caller<FrontCalls>;
    const [bundle, wiring, connected] = await Promise.all([
      checkBundle(parts.dist),
      parts.wire(config, { log, front, stopping: stop.signal, tracer }),
      connectTo(link.target(), log, stop.signal, (sentence) => (running.waiting = sentence)),
    ]);
    if (connected !== null) {
      const { connection, namespace, keys } = connected;
      running.connection = connection;
      const say = (text: string) => link.send({ type: 'line', text });
      const identity = await ownIdentity(config.node, config.stateDir);
      const service = connection.workflowService;
      const place = {
        self: identity,
        stateDir: config.stateDir,
        service,
        namespace,
        log,
        say,
        signal: stop.signal,
      };
      if (!(await awaitPlace(place, (sentence) => (running.waiting = sentence)))) {
        await wiring.close();
        process.exit(0);
      }
      const unreadable = openUnreadable(log);
      running.unreadable = unreadable;
      const converter = dataConverter(keys, unreadable.note);
      const code = await workflowBundle(bundle, keys.length > 0);
      const inputs = { connection, namespace, config, wiring, code, converter, tracer, identity };
      const worker = await createWorker(inputs);
      running.worker = worker;
      // On the worker's own connection: only so can a workflow be started eagerly.
      const client = new Client({ connection, namespace, dataConverter: converter });
      const { node } = config;
      const metrics = { sdk, connection, namespace, node };
      answer = tracedAnswer(answerMetrics(metrics, wiring.serve?.(client) ?? null), tracer);
      const done = worker.run();
      void aborted(stop.signal).then(() => shutDown(worker));
      link.send({ type: 'ready' });
      void keepPlace(place, () => stop.abort());
      const context = { client, config, front, log, say, signal: stop.signal };
      void prepareNamespace(context, () => parts.started(context));
      await done;
    }
    await wiring.close();
    await tracer?.close();
    await connected?.connection.close();
    process.exit(0);
  } catch (error) {
    const code = errorCode(error);
    const permanent = error instanceof NxsError && ERRORS[code].kind === 'permanent';
    link.send({ type: 'failed', message: errorMessage(error), code, permanent });
    // The message has to leave before the process does.
    setTimeout(() => process.exit(1), 50);
    return new Promise<never>(() => undefined);
  }
}

const notYet: Answer = () =>
  Promise.reject(new NxsError('TEMPORAL_UNREACHABLE', 'The worker does not poll yet.'));

/** null when we are stopped before there is a connection. */
async function connectTo(
  target: Promise<TemporalTarget>,
  log: Logger,
  signal: AbortSignal,
  waiting: (sentence: string) => void,
) {
  const known = await Promise.race([target, aborted(signal)]);
  const connection = known === null ? null : await connectPatiently(known, log, signal, waiting);
  return known === null || connection === null
    ? null
    : { connection, namespace: known.namespace, keys: known.keys };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function installRuntime(log: Logger, sdk: SdkSource | null, tracer: Tracer | null): void {
  const runs = tracer === null ? null : watchRuns(tracer);
  Runtime.install({
    logger: sdkLogger(log, (...line) => runs?.heard(...line)),
    telemetryOptions: {
      logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} },
      ...(sdk === null ? {} : { metrics: sdk.options }),
    },
    // We say when to stop; with the SDK's own handlers a Ctrl-C would stop worker and supervisor at odds.
    shutdownSignals: [],
  });
}

interface WorkerInputs {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly config: WorkerSettings;
  readonly wiring: Wiring;
  readonly code: NonNullable<WorkerOptions['workflowBundle']>;
  readonly converter: DataConverter;
  readonly tracer: Tracer | null;
  readonly identity: WorkerIdentity;
}

function createWorker({
  connection,
  namespace,
  config,
  wiring,
  code,
  converter,
  tracer,
  identity,
}: WorkerInputs): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: taskQueue(config.node),
    identity: identityText(identity),
    workflowBundle: code,
    dataConverter: converter,
    activities: wiring.activities,
    ...(tracer === null ? {} : { interceptors: { activity: [tracedActivities(tracer)] } }),
    ...WORKER_LIMITS,
  });
}

function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

async function state({ connection, worker, waiting, unreadable }: Running) {
  const temporal = connection !== null && (await answers(connection, 1000));
  const polling = worker?.getState() === 'RUNNING';
  const detail =
    connection === null
      ? (waiting ?? 'waiting for Temporal')
      : polling
        ? null
        : (waiting ?? 'the worker is starting');
  const payload = unreadable?.latest() ?? null;
  return { polling, temporal, detail: detail ?? payload, readable: payload === null };
}
