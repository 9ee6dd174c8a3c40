// What people and programs see of the providers: `GET /api/providers`, `nxs provider list`, a part of `/api/status`.

/** All times ISO 8601, UTC; all durations ms. */
export interface ProviderView {
  readonly name: string;
  readonly model: string;
  readonly base_url: string;
  readonly location: 'local' | 'remote';
  readonly priority: number;
  readonly state: 'closed' | 'open' | 'half_open' | 'not_configured';
  /** It would be asked first now. */
  readonly active: boolean;
  readonly since: string | null;
  readonly open_until: string | null;
  readonly reason: string | null;
  /** Failures that count at the moment, of `threshold`. */
  readonly failures: number;
  readonly threshold: number;
  readonly cooling_until: string | null;
  /** Silent past its limit at the moment: others go first. */
  readonly suspect: boolean;
  readonly health: {
    readonly state: 'good' | 'bad' | 'unknown';
    readonly detail: string;
    readonly at: string;
  } | null;
  /** Silence after which the next one is asked as well, for a short prompt. */
  readonly hedge_after: number;
  /** Variables without a value, when it is not configured. */
  readonly unset: readonly string[];
}

export interface ProvidersView {
  readonly mode: 'sequential' | 'parallel' | 'weighted';
  /** Who goes first by a person's word; null: by policy. */
  readonly switch: {
    readonly to: string;
    readonly until: string | null;
    readonly by: string;
    readonly at: string;
  } | null;
  /** In the order in which they would be asked now; not configured ones last. */
  readonly providers: readonly ProviderView[];
}
