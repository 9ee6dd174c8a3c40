// Whatever stands between a caller and the providers.
import type { ChildServer } from './child-server.js';

export interface LlmSubject {
  readonly name: string;
  /** What a caller must send beside the usual. */
  readonly headers: Readonly<Record<string, string>>;
  readonly model: string;
  /** Its pids, for CPU and memory: most of them have one. */
  readonly server: ChildServer;
}

/** A kind of subject: a fresh one for each of the bench's questions. */
export interface LlmPeer {
  readonly name: string;
  /** Starts one before these providers (base URLs with /v1), first one first. */
  start(providers: readonly string[]): Promise<LlmSubject>;
}
