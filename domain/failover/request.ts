// What the decisions need to know of a request. Its text stays outside.
import type { Capability } from './provider.js';

export type RequestKind = 'chat' | 'completions' | 'embeddings';

export interface RequestFacts {
  readonly kind: RequestKind;
  /** The client asked for a stream. */
  readonly stream: boolean;
  /** Capabilities beyond the kind itself (tools, vision, json). */
  readonly needs: readonly Capability[];
  /** The request's `model`, as the client wrote it; null when it is missing or `auto`. */
  readonly model: string | null;
  /** Only this provider may answer (`x-nxs-provider` on the request, `nxs ask --provider`); null: any. */
  readonly only: string | null;
  /** `x-nxs-privacy: local`: remote providers are not called. */
  readonly localOnly: boolean;
  /** Rough size of the prompt, one token per four characters. */
  readonly promptTokens: number;
}
