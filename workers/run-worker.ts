import { Client } from '@temporalio/client';
import { Runtime, Worker, type NativeConnection } from '@temporalio/worker';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import type { TemporalTarget } from '../adapters/temporal/target.js';
import { errorCode, errorMessage, ERRORS, NxsError } from '../domain/errors.js';
import { identityText, type WorkerIdentity } from '../domain/fleet/identity.js';
import { taskQueue } from '../domain/ids.js';
import { checkBundle } from './bundle.js';
import type { FrontCalls } from './failover/calls.js';
import { ownIdentity } from './fleet/own-identity.js';
import { awaitPlace, keepPlace } from './fleet/place.js';
import { openLogger, type Logger } from './log.js';
import { prepareNamespace } from './prepare-namespace.js';
import { sdkLogger } from './sdk-logger.js';
import { rpcPeer, type Answer, type Caller } from './rpc.js';
import { linkToSupervisor } from './supervisor-link.js';
import { answers, connectPatiently } from './worker-connection.js';
import { WORKER_LIMITS } from './worker-limits.js';
import type { WorkerParts, WorkerSettings, Wiring } from './worker-settings.js';

interface Running {
  /** Why it does not poll yet, when it is not Temporal. */
  waiting: string | null;
  connection: NativeConnection | null;
  worker: Worker | null;
}

/**
 * The worker process from its first message to its exit code. It ends by itself when the supervisor is gone,
 * drains on a stop message or a signal, and exits 1 when it fails, to be started again.
 */
export async function runWorker<C extends WorkerSettings>(parts: WorkerParts<C>): Promise<never> {
  // A V8 that does not know it says so on stderr and goes on. Measured: npm run bench -- memory.
  setFlagsFromString('--heap-growing-percent=40');
  const stop = new AbortController();
  const running: Running = { connection: null, worker: null, waiting: null };
  let answer: Answer | null = null;
  const rpc = rpcPeer({
    peer: 'the supervisor',
    send: (message) => link.send(message),
    answer: (method, params) => (answer ?? notYet)(method, params),
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
    const log = openLogger(join(config.stateDir, 'logs', 'worker.log'), 'worker');
    installRuntime(log);
    const front = rpc as Caller<FrontCalls>;
    const [bundle, wiring, connected] = await Promise.all([
      checkBundle(parts.dist),
      parts.wire(config, { log, front, stopping: stop.signal }),
      connectTo(link.target(), log, stop.signal, (sentence) => (running.waiting = sentence)),
    ]);
    if (connected !== null) {
      const { connection, namespace } = connected;
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
      const worker = await createWorker({ connection, namespace, config, wiring, bundle, identity });
      running.worker = worker;
      // On the worker's own connection: only so can a workflow be started eagerly.
      const client = new Client({ connection, namespace });
      answer = wiring.serve?.(client) ?? null;
      const done = worker.run();
      void aborted(stop.signal).then(() => shutDown(worker));
      link.send({ type: 'ready' });
      void keepPlace(place, () => stop.abort());
      const context = { client, config, front, log, say, signal: stop.signal };
      void prepareNamespace(context, () => parts.started(context));
      await done;
    }
    await wiring.close();
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
  return known === null || connection === null ? null : { connection, namespace: known.namespace };
}

function aborted(signal: AbortSignal): Promise<null> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    signal.addEventListener('abort', () => resolve(null), { once: true });
  });
}

function installRuntime(log: Logger): void {
  Runtime.install({
    logger: sdkLogger(log),
    telemetryOptions: { logging: { filter: { core: 'WARN', other: 'ERROR' }, forward: {} } },
    // We say when to stop; with the SDK's own handlers a Ctrl-C would stop worker and supervisor at odds.
    shutdownSignals: [],
  });
}

interface WorkerInputs {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly config: WorkerSettings;
  readonly wiring: Wiring;
  readonly bundle: string;
  readonly identity: WorkerIdentity;
}

function createWorker({
  connection,
  namespace,
  config,
  wiring,
  bundle,
  identity,
}: WorkerInputs): Promise<Worker> {
  return Worker.create({
    connection,
    namespace,
    taskQueue: taskQueue(config.node),
    identity: identityText(identity),
    workflowBundle: { codePath: bundle },
    activities: wiring.activities,
    ...WORKER_LIMITS,
  });
}

function shutDown(worker: Worker): void {
  if (worker.getState() === 'RUNNING') worker.shutdown();
}

async function state({ connection, worker, waiting }: Running) {
  const temporal = connection !== null && (await answers(connection, 1000));
  const polling = worker?.getState() === 'RUNNING';
  const detail =
    connection === null
      ? (waiting ?? 'waiting for Temporal')
      : polling
        ? null
        : (waiting ?? 'the worker is starting');
  return { polling, temporal, detail };
}
