// What decisions need to know of a provider and of the policy: no URL and no key. All durations are ms.

export type Capability = 'chat' | 'completions' | 'embeddings' | 'stream' | 'tools' | 'vision' | 'json';

export interface ProviderRules {
  readonly name: string;
  /** Lower goes first. */
  readonly priority: number;
  /** Share of the calls in mode weighted. */
  readonly weight: number;
  /** Price, to break ties; null: unknown. */
  readonly cost: number | null;
  /** Configured model; `auto-detect` means whatever is loaded. */
  readonly model: string;
  /** Model for /v1/embeddings when it is another one; null: `model`. */
  readonly embeddingModel: string | null;
  /** Tries in one request: 1 + min(retry, max_retries_per_provider). */
  readonly tries: number;
  /** Longest silence, before the first content and between chunks. */
  readonly timeout: number;
  readonly location: 'local' | 'remote';
  /** Tokens that the model takes; null: unknown. */
  readonly contextLength: number | null;
  /** null: everything is tried. */
  readonly supports: readonly Capability[] | null;
  /** Failures inside the window that open the breaker. */
  readonly threshold: number;
  /** How long the breaker stays open. */
  readonly openFor: number;
}

export interface FailoverRules {
  readonly mode: 'sequential' | 'parallel' | 'weighted';
  /** The whole call. */
  readonly globalTimeout: number;
  /** Failures older than this no longer count. */
  readonly window: number;
  /** A provider silent for this long gets company, until a limit is learned. */
  readonly hedgeAfter: number;
  /** Fixed limit for the first content; null: learned. */
  readonly firstByteTimeout: number | null;
  /** Fixed limit between chunks; null: the provider's timeout. */
  readonly idleTimeout: number | null;
  readonly halfOpenMax: number;
  readonly midStream: 'error' | 'continue';
  readonly localToRemote: 'allow' | 'forbid';
}
