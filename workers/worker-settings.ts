import type { Client } from '@temporalio/client';
import type { TemporalSettings } from '../adapters/temporal/target.js';
import type { Logger } from './log.js';

/** What the processes need of the config; the loader's Config fits it. */
export interface WorkerSettings {
  readonly node: string;
  readonly dataDir: string;
  readonly stateDir: string;
  readonly nxs: { readonly temporal: TemporalSettings };
}

/** What the worker process is made of; `worker.ts` fills it in, tests with activities of their own. */
export interface WorkerParts<C extends WorkerSettings> {
  /** `configDir` null: the usual chain of directories. */
  load(configDir: string | null): Promise<C>;
  wire(config: C, context: WireContext): Promise<Wiring> | Wiring;
  /** Called once after the worker polls and the namespace is ready; again after a failure. Must be safe to repeat. */
  started(context: StartedContext<C>): Promise<void>;
  /** The built product; tests name a scratch one. */
  readonly dist?: string;
}

export interface WireContext {
  readonly log: Logger;
}

export interface Wiring {
  readonly activities: object;
  close(): Promise<void>;
}

export interface StartedContext<C> {
  readonly client: Client;
  readonly config: C;
  readonly log: Logger;
  /** A line for the person who started us. */
  readonly say: (line: string) => void;
  /** Aborted when the worker shuts down. */
  readonly signal: AbortSignal;
}
