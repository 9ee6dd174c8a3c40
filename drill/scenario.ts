// What a game-day is made of. A group is one setting (a control plane or two, their stand-ins) and the scenarios that are played in it,
// one after the other; groups run side by side. Everything is real: processes, sockets, files, git, Temporal. What had to be injected
// says so.
import type { JournalEvent } from '../domain/journal.js';

export type Verdict = 'PASS' | 'FAIL' | 'INCONCLUSIVE';

/** Times of one scenario, ms since the epoch; null: it did not come to that, or has no meaning there. */
export interface Times {
  /** The fault was in force. */
  readonly fault: number;
  readonly detected: number | null;
  readonly decided: number | null;
  readonly acted: number | null;
  /** It was seen to be well again, by looking, not by being told. */
  readonly verified: number | null;
}

/** What a scenario found. It never throws for what it judges: an exception means INCONCLUSIVE. */
export interface Finding {
  readonly verdict: Verdict;
  /** One sentence: what was seen, or what was not. */
  readonly detail: string;
  /** Proof that the fault was in force (`connection refused by 127.0.0.1:41733, asked by us`); null: it was not proved (INCONCLUSIVE). */
  readonly proof: string | null;
  /** The fault was put in as a reading, because making it for real is not safe on a machine that people use. */
  readonly injected: boolean;
  readonly times: Times | null;
  /** Incidents that this scenario caused on purpose: true positives. */
  readonly incidents: readonly string[];
  /** Failover times as a client saw them, ms from its call to the first good content of another provider. */
  readonly failovers?: readonly number[];
}

export interface Scenario<Setting> {
  /** `service-killed`: what `--only` takes. */
  readonly name: string;
  /** `When X fails, Y happens within Z s, and W does not.` */
  readonly hypothesis: string;
  /** Is the setting in its steady state? One sentence when it is not (the scenario is INCONCLUSIVE then), else null. */
  steady(setting: Setting): Promise<string | null>;
  play(setting: Setting): Promise<Finding>;
}

export interface Group<Setting> {
  readonly name: string;
  readonly scenarios: readonly Scenario<Setting>[];
  /** Opens the setting; all that it starts through the kit is ended by the kit. */
  open(kit: Kit): Promise<Setting>;
}

/** Tools of a group. */
export interface Kit {
  /** A scratch directory of this group's own. */
  readonly dir: string;
  /** `--break healer`: playbooks are replaced by commands that say done and do nothing. The drill has to FAIL then. */
  readonly broken: boolean;
  /** 0 to 1, from `--seed`. */
  random(): number;
  /** One line of live progress. */
  say(line: string): void;
  /** A control plane of its own (`nxs up`, embedded Temporal, free ports); ready when it resolves. */
  plane(options: PlaneOptions): Promise<Plane>;
  /** A child process of the drill that is ended with it. Its own process group; output goes to a file in `dir`. */
  spawn(name: string, command: readonly string[], env?: Readonly<Record<string, string>>): Promise<Child>;
  /** A free loopback port that nobody else of this drill is given. */
  port(): Promise<number>;
  /** Looks every 50 ms until it is there (not null, undefined or false); throws after `within` ms, saying `what`. */
  until<T>(what: string, within: number, look: () => Promise<T> | T): Promise<NonNullable<Exclude<T, false>>>;
}

export interface Child {
  readonly pid: number;
  /** To its whole process group. */
  kill(signal: NodeJS.Signals): void;
  readonly ended: Promise<void>;
}

export interface PlaneOptions {
  readonly node: string;
  /** Config files by name (`healing.yaml`), as the objects they are in YAML. */
  readonly config: Readonly<Record<string, object>>;
  /** Files of the data directory by relative path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** `host:port` of another plane's Temporal; its own embedded one when left out. */
  readonly temporal?: string;
}

export interface Plane {
  readonly node: string;
  readonly dataDir: string;
  readonly stateDir: string;
  readonly configDir: string;
  /** Environment for processes that talk to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Base URL of its front. */
  readonly http: string;
  /** `host:port`. */
  temporal(): Promise<string>;
  /** Process ids now: supervisor, worker, Temporal. */
  pids(): Promise<{
    readonly supervisor: number;
    readonly worker: number | null;
    readonly temporal: number | null;
  }>;
  /** `nxs ARGS --json` against it. */
  nxs(
    ...args: readonly string[]
  ): Promise<{ readonly code: number; readonly json: unknown; readonly err: string }>;
  /** Events of its journal, oldest first. */
  journal(types?: readonly string[]): Promise<readonly JournalEvent[]>;
  /** GET of a path of its front. */
  get(path: string): Promise<{ readonly status: number; readonly body: unknown }>;
  /** `/readyz` is 200. */
  ready(within: number): Promise<void>;
  /** Ends its supervisor (SIGTERM: in good order, with worker and Temporal) and waits for that; it is not meant to answer from then on. */
  stop(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same directories and ports; ready when it resolves. */
  start(): Promise<void>;
}
