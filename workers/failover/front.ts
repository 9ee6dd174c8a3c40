// The front's side of failover: the gateway with its memory (snapshot file), its journal and its line to the worker. The
// gateway answers from the first moment; what happens while no worker is there is reported when one comes.
import path from 'node:path';
import { openJournal } from '../../adapters/journal/append.js';
import type { Config } from '../../config/types.js';
import { failoverSnapshot } from '../../domain/failover/snapshot.js';
import { openGateway, type Gateway } from '../../gateway/gateway.js';
import type { Tracer } from '../../domain/telemetry.js';
import type { Route } from '../front/route.js';
import { openLogger } from '../log.js';
import { openTracing } from '../telemetry/open.js';
import type { WorkerLink } from '../supervisor.js';
import { durableLane } from './durable-front.js';
import { grantsOf, unknownCall, type Params } from './grants.js';
import { failoverJournal } from './journal.js';
import { readSnapshot, snapshotWriter } from './snapshot-file.js';

export interface FrontFailover {
  readonly gateway: Gateway;
  /** null: there are no traces. */
  readonly tracer: Tracer | null;
  routes(): readonly Route[];
  /** Answers the worker's calls (workers/failover/calls.ts). */
  answer(method: string, params: unknown): Promise<unknown>;
  /** The line to the worker, once there is one. */
  linked(link: WorkerLink): void;
  /** Other rules from now on; breakers keep their state. */
  adopt(config: Config): void;
  /** Last words: state and journal are on the disk, calls are cut. */
  close(): Promise<void>;
}

/** Learned limits change with every answer: kept once in this time, ms. */
const KEEP_LEARNED = 30_000;
/** Several changes at once (a race that trips breakers) are one report, ms. */
const REPORT_AFTER = 100;
/** Answers that run when the control plane stops get this long, ms. */
const DRAIN = 5_000;

/** Opens it with the state of last time in force. Throws NxsError CONFIG_INVALID. */
export async function openFailover(config: Config, env: NodeJS.ProcessEnv): Promise<FrontFailover> {
  const { stateDir, node } = config;
  const log = openLogger(config, 'gateway');
  const tracer = await openTracing(config, 'front', log);
  const opened = openJournal({ dir: path.join(stateDir, 'journal'), node });
  const now = Date.now;
  const journal = failoverJournal(
    async (event) => {
      await opened.append([event]);
    },
    log,
    now,
  );
  let link: WorkerLink | null = null;
  const lane = durableLane({ stateDir, link: () => link, now });
  const gateway = openGateway({
    config,
    env,
    durable: lane,
    now,
    tracing: tracer === null ? null : { tracer, propagate: config.nxs.telemetry.traces?.propagate === true },
    watch: {
      attempt: (provider, fault) => {
        if (fault === null) journal.answered(provider);
      },
      failover: (failover) => journal.failover(failover),
    },
  });
  const desk = () => gateway.desk();
  const kept = await readSnapshot(stateDir, (sentence) => log.warn(sentence));
  if (kept !== null) desk().restore(kept);
  const grants = grantsOf(desk, gateway.watch, now);
  const writer = snapshotWriter(
    stateDir,
    () => desk().snapshot(true),
    (reason) => log.error({ reason }, 'breaker state could not be kept'),
  );
  let reporting: NodeJS.Timeout | null = null;
  const report = (): void => {
    reporting ??= setTimeout(() => {
      reporting = null;
      // Without a worker it waits for the next one: `onReady` reports all there is.
      link
        ?.call('failover.report', { snapshot: desk().snapshot(false) }, { timeoutMs: 10_000 })
        .catch((error: unknown) => log.debug({ error: String(error) }, 'the manager hears of it later'));
    }, REPORT_AFTER);
  };
  desk().listen({
    transition: (transition) => journal.transition(transition),
    switched: (current) => journal.switched(current),
    changed() {
      writer.changed();
      report();
    },
  });
  const keeping = setInterval(() => writer.changed(), KEEP_LEARNED);
  keeping.unref();

  return {
    gateway,
    tracer,
    routes: () => gateway.routes(),
    adopt(next) {
      gateway.adopt(next);
      writer.changed();
      report();
    },
    async answer(method, params) {
      await Promise.resolve();
      switch (method) {
        case 'failover.claim':
          return grants.claim(params as Params<'failover.claim'>);
        case 'failover.settle':
          grants.settle(params as Params<'failover.settle'>);
          return null;
        case 'failover.looked':
          for (const { name, reading } of (params as Params<'failover.looked'>).readings)
            desk().look(name, reading);
          return null;
        case 'failover.switch':
          desk().switch(params as Params<'failover.switch'>);
          await writer.flush();
          return gateway.view();
        case 'failover.reset': {
          const { name } = params as Params<'failover.reset'>;
          desk().reset(name);
          journal.reset(name);
          await writer.flush();
          return gateway.view();
        }
        case 'failover.restore':
          desk().restore(failoverSnapshot.parse((params as Params<'failover.restore'>).snapshot));
          return desk().snapshot(false);
        case 'failover.view':
          return gateway.view();
        default:
          throw unknownCall(method);
      }
    },
    linked(next) {
      link = next;
      next.onReady(report);
      next.onGone(() => grants.freeAll());
    },
    async close() {
      clearInterval(keeping);
      if (reporting !== null) clearTimeout(reporting);
      await gateway.drain(DRAIN);
      writer.changed();
      await gateway.close();
      await writer.flush();
      await journal.flush();
      await tracer?.close();
    },
  };
}
