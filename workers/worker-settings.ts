import type { Client } from '@temporalio/client';
import type { NxsConfig } from '../config/types.js';
import type { TemporalSettings } from '../adapters/temporal/target.js';
import type { Tracer } from '../domain/telemetry.js';
import type { FrontCalls } from './failover/calls.js';
import type { LogSettings, Logger } from './log.js';
import type { Answer, Caller } from './rpc.js';

/** What the processes need of the config; the loader's Config fits it. */
export interface WorkerSettings {
  readonly node: string;
  readonly dataDir: string;
  readonly stateDir: string;
  readonly nxs: {
    readonly temporal: TemporalSettings;
    readonly telemetry?: NxsConfig['telemetry'];
  } & LogSettings['nxs'];
}

/** What the worker process is made of; `worker.ts` fills it in, tests with activities of their own. */
export interface WorkerParts<C extends WorkerSettings> {
  /** `handover`: the configuration in force, from the supervisor; null: it is loaded. `configDir` null: the usual chain of directories. */
  load(start: { readonly configDir: string | null; readonly handover: unknown }): Promise<C>;
  wire(config: C, context: WireContext): Promise<Wiring> | Wiring;
  /** Called once after the worker polls and the namespace is ready; again after a failure. Must be safe to repeat. */
  started(context: StartedContext<C>): Promise<void>;
  /** The built product; tests name a scratch one. */
  readonly dist?: string;
}

export interface WireContext {
  readonly log: Logger;
  /** The front's process. */
  readonly front: Caller<FrontCalls>;
  /** Aborted as soon as the worker is asked to stop, long before it cancels what still runs. */
  readonly stopping: AbortSignal;
  /** null, or left out: no traces. */
  readonly tracer?: Tracer | null;
}

export interface Wiring {
  readonly activities: object;
  /** Answers the front's calls from now on, when the worker polls. */
  serve?(client: Client): Answer;
  close(): Promise<void>;
}

export interface StartedContext<C> {
  readonly client: Client;
  readonly config: C;
  /** The front's process. */
  readonly front: Caller<FrontCalls>;
  readonly log: Logger;
  /** A line for the person who started us. */
  readonly say: (line: string) => void;
  /** Aborted when the worker shuts down. */
  readonly signal: AbortSignal;
}
