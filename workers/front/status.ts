/** What `/readyz` asks for; the JSON says which part is missing. */
export type Checks = Readonly<Record<string, boolean>> & {
  readonly config: boolean;
  readonly worker: boolean;
  readonly temporal: boolean;
};

/** What the supervisor knows; the body of `/api/status`, to which other parts add theirs. */
export interface ControlPlaneStatus {
  readonly node: string;
  readonly pid: number;
  readonly pids: { readonly worker: number | null; readonly temporal: number | null };
  readonly restarts: { readonly worker: number; readonly temporal: number };
  /** ISO 8601, UTC. */
  readonly started: string;
  /** When the configuration in force was read; ISO 8601, UTC. */
  readonly configured: string;
  /** Seconds. */
  readonly uptime: number;
  readonly urls: { readonly http: string; readonly temporal: string; readonly ui: string | null };
  readonly ready: boolean;
  readonly checks: Checks;
  /** One line when something is amiss. */
  readonly detail: string | null;
}
