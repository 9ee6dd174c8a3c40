// The shapes that programs may rely on: what `nxs … --json` prints (docs/cli.md, "JSON shapes"). Written out here, and not derived from
// the inside, so that the inside can change; test/api/shapes.test.ts holds both to each other. Keys may be added, never renamed.
// Times are ISO 8601 in UTC.

/** Where to look, and with which environment. */
export interface NxsOptions {
  /** Directory of the configuration files, as `--config DIR`; left out: the usual chain. */
  readonly configDir?: string;
  /** Environment that the configuration is filled from, as `process.env`; left out: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Hears what `nxs` writes to stderr: warnings and links, one line each. */
  readonly onNote?: (line: string) => void;
}

/** What every method throws: a sentence as `message`, and a row of docs/errors.md as `code`. */
export interface NxsFailure extends Error {
  readonly code: string;
  /** Facts for programs; never a secret. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** `nxs status --json`. */
export interface Status {
  readonly node: string;
  readonly data_dir: string;
  readonly control_plane: {
    readonly running: boolean;
    /** Config loaded, breakers restored, worker polling, Temporal reachable. */
    readonly ready: boolean;
    readonly pid: number | null;
    /** Base URL of gateway, page and API. */
    readonly http: string | null;
    readonly temporal: string | null;
    readonly ui: string | null;
    readonly started: string | null;
    /** Checks that fail, by name. */
    readonly failing: readonly string[];
  };
  readonly providers: {
    /** Name of who is asked first; null: nobody is ready. */
    readonly active: string | null;
    readonly closed: number;
    readonly half_open: number;
    readonly open: number;
    readonly not_configured: number;
  };
  readonly backup: {
    /** null: none has run yet. */
    readonly outcome: BackupOutcome | null;
    readonly summary: string | null;
    readonly finished: string | null;
    readonly destinations: readonly {
      readonly name: string;
      readonly last_proved: string | null;
      readonly too_old: boolean;
      readonly note: string | null;
    }[];
  };
  /** null: no cycle has ended yet. */
  readonly sync: {
    readonly state: string;
    readonly detail: string;
    readonly at: string;
    readonly last_ok: string | null;
    /** Changes that the hub does not have yet. */
    readonly unpublished: number;
    readonly held: number;
    readonly pending: number;
  } | null;
  readonly healing: {
    readonly monitor: 'watching' | 'blind' | 'off';
    readonly paused_until: string | null;
    readonly open: readonly { readonly id: string; readonly subject: string; readonly state: string }[];
    /** Ids of incidents that wait for a person. */
    readonly needs_person: readonly string[];
  };
  /** The last 24 hours, in brief. */
  readonly kpis: readonly Pick<Kpi, 'id' | 'value' | 'target' | 'n' | 'verdict'>[];
}

/** One of the six KPIs (docs/kpi.md). */
export interface Kpi {
  readonly id:
    'uptime' | 'failover_time' | 'recovery_time' | 'backup_success' | 'sync_latency' | 'false_positive_rate';
  readonly name: string;
  readonly unit: 'percent' | 'seconds';
  /** A percentage, or the p95 in seconds; null: nothing was measured. */
  readonly value: number | null;
  readonly target: number;
  /** Which side of the target is good. */
  readonly good: '>' | '<';
  /** Number of measurements. */
  readonly n: number;
  readonly verdict: 'met' | 'missed' | 'too_few';
}

/** `nxs kpi --json`. */
export interface KpiReport {
  readonly node: string;
  readonly from: string;
  readonly to: string;
  readonly kpis: readonly Kpi[];
}

/** One incident of self-healing (docs/healing.md). */
export interface Incident {
  readonly id: string;
  /** What it is about: `memory`, `disk:/mount`, `service:NAME`, `extension:NAME`, `providers`, `system`, `data`. */
  readonly subject: string;
  readonly kind: string;
  /** Open ones are open, held, asking, acting, verifying or stuck; the others say how it ended. */
  readonly state:
    'open' | 'held' | 'asking' | 'acting' | 'verifying' | 'stuck' | 'healed' | 'cleared' | 'cancelled';
  readonly cause: string;
  readonly detected: string;
  /** null: it is not over. */
  readonly ended: string | null;
  /** What it wants to do; null: nothing at the moment. */
  readonly plan: {
    readonly level: number;
    readonly action: string;
    readonly target: string;
    /** Redacted. */
    readonly commands: readonly string[];
    readonly downtime: string;
    readonly data_loss: string;
    /** SHA-256 (hex) that an approval is bound to. */
    readonly plan_hash: string;
  } | null;
  /** The open question to a person; null: none. */
  readonly asked: { readonly request: string; readonly expires: string; readonly quorum: number } | null;
  /** What holds it, or what is needed. */
  readonly note: string | null;
  readonly summary: string | null;
}

/** `nxs heal list --json`. */
export interface Incidents {
  readonly monitor: { readonly state: 'watching' | 'blind' | 'off'; readonly at: string | null };
  readonly paused: { readonly until: string } | null;
  /** Open ones first. */
  readonly incidents: readonly Incident[];
}

/** green: every entry of every destination is proved; held: it waits for a person. */
export type BackupOutcome = 'green' | 'not_green' | 'held' | 'failed';

/** `nxs backup run --json`. */
export interface BackupRun {
  readonly run: string;
  readonly workflow_id: string;
  readonly outcome: BackupOutcome;
  readonly started: string;
  readonly finished: string;
  readonly files: number;
  readonly bytes: number;
  readonly summary: string;
  /** Why it is held, with the token that lets exactly this run pass; else null. */
  readonly held: { readonly before: number; readonly missing: number; readonly token: string } | null;
  readonly destinations: readonly {
    readonly name: string;
    readonly state: 'proved' | 'not_proved' | 'tampered' | 'not_configured' | 'failed' | 'skipped';
    readonly commit: string | null;
    readonly note: string | null;
  }[];
}

/** What became of a person's word. */
export interface Decision {
  readonly incident: string;
  /** It counts. */
  readonly accepted: boolean;
  /** queued: no worker polls; it counts by the time it was sent. */
  readonly state: 'approved' | 'denied' | 'waiting' | 'refused' | 'queued';
  readonly sentence: string;
}

/** A person's word about an incident. */
export interface Word {
  /** Whose word it is. */
  readonly by: string;
  /** Why, for the record. */
  readonly reason: string;
  /** Private key file of `nxs approver add`: the word is signed. */
  readonly keyFile?: string;
}

/** What a program can ask; each method is the command of that name, with the same rights and the same answers. */
export interface Nxs {
  /** One screen of everything. Works while the control plane is down. */
  status(): Promise<Status>;
  /** The six KPIs over a window such as `24h` (the default) or `7d`. Works while the control plane is down. */
  kpi(since?: string): Promise<KpiReport>;
  /** Incidents, open ones first. Works while the control plane is down. */
  incidents(options?: { readonly open?: boolean; readonly limit?: number }): Promise<Incidents>;
  /** Backs up now and waits until every new byte was read back. Needs the control plane: fails with `TEMPORAL_UNREACHABLE`. */
  backup(options?: { readonly confirm?: string }): Promise<BackupRun>;
  /** A person's yes to what an incident asks. Hand it what a person said, never what a program thinks. */
  approve(incident: string, word: Word): Promise<Decision>;
  /** A person's no. */
  deny(incident: string, word: Word): Promise<Decision>;
}

/** What a control plane is started with, beside where its configuration lies. */
export interface ControlPlaneOptions extends NxsOptions {
  /** HTTP port; left out: nxs.yaml. */
  readonly port?: number;
  /** host:port of a Temporal server in place of the embedded one. */
  readonly temporal?: string;
  /** Name of this node; left out: nxs.yaml, else the host name. */
  readonly node?: string;
  /** Longest wait until it is ready, ms; left out: 10 minutes, since a first start may have to fetch Temporal. */
  readonly timeout?: number;
  /** Hears its output, one line each. */
  readonly onLine?: (line: string) => void;
}

/** A control plane that runs in processes of its own. */
export interface ControlPlane {
  readonly pid: number;
  /** Base URL of gateway, page and API. */
  readonly http: string;
  /** host:port of Temporal's frontend. */
  readonly temporal: string;
  /** Its exit code, when it has ended. */
  readonly ended: Promise<number>;
  /** Ends it in good order, within about 30 s. Returns its exit code. Safe to repeat. */
  stop(): Promise<number>;
}
