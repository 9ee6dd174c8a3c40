// What a service of this machine is made of, before it is written as a systemd unit or a launchd file. Everything in it is decided
// elsewhere (workers/service/plan.ts); the texts are pure functions of it, so that "what would be written now" can be asked any time.

export interface ServicePlan {
  readonly scope: 'user' | 'system';
  /** Whose processes they are; null: those of the user manager's owner. */
  readonly user: string | null;
  readonly home: string;
  readonly node: string;
  readonly version: string;
  /** Node's program, then the command's main and its arguments; whole paths. */
  readonly command: readonly string[];
  /** No secret: units are readable by everybody. */
  readonly environment: Readonly<Record<string, string>>;
  /** Paths that may be written to; those that are not there are left out by systemd. */
  readonly writable: readonly string[];
  readonly stateDir: string;
  readonly limits: {
    /** As systemd writes it: `2G`. */
    readonly memoryMax: string;
    readonly tasksMax: number;
    readonly openFiles: number;
    readonly cpuWeight: number;
  };
  /** Commands may gain rights (sudo), which most of the sandbox forbids. */
  readonly sudo: boolean;
  /** File of secrets that root reads for us; null: none. */
  readonly credentialsFile: string | null;
  /** Major version of systemd; null: unknown, so only what every supported one knows is written. */
  readonly systemd: number | null;
  /** Absolute path of the page that explains it. */
  readonly manual: string;
}

/** Name of the unit. */
export const UNIT = 'nxs.service';
/** Label of the launchd agent. */
export const LABEL = 'nxs-resilience';
