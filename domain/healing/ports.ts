// What self-healing needs of the machine: looking, and running what the configuration names. Nothing else reaches the outside.
import type { CancelSignal } from '../backup/ports.js';
import type { Reading } from './model.js';

/** One command, exactly as the configuration has it. `sh`: a line for /bin/sh; `argv`: no shell takes part. */
export type CommandLine =
  { readonly kind: 'argv'; readonly argv: readonly string[] } | { readonly kind: 'sh'; readonly sh: string };

/** Commands that run one after the other, once; the first one that fails ends it. */
export interface Order {
  /** Names the order for ever: the same id runs once, however often it is asked for. Safe as a file name. */
  readonly id: string;
  readonly steps: readonly {
    readonly command: CommandLine;
    /** ms; then it is ended: TERM, and KILL after a grace. */
    readonly timeout: number;
  }[];
}

export interface StepOutcome {
  /** Exit code; null: ended by a signal, or never started. */
  readonly code: number | null;
  readonly signal: string | null;
  readonly timedOut: boolean;
  /** Why it could not be started (`there is no command "x"`); null: it was. */
  readonly failure: string | null;
  readonly ms: number;
  /** Tail of standard output and error together, at most 4 KB, as it was written: not yet redacted. */
  readonly output: string;
}

/**
 * `done`: all steps succeeded. `failed`: the last of `steps` did not. `unknown`: it began, and nobody can say how it ended (its
 * runner was killed); a person has to look. `rebooted`: it began, and the machine has started anew since.
 */
export interface OrderOutcome {
  readonly state: 'done' | 'failed' | 'unknown' | 'rebooted';
  readonly steps: readonly StepOutcome[];
}

/** Runs orders in processes of their own, which outlive us. */
export interface Shell {
  /**
   * Starts the order unless it was started before, and waits for its end. Aborting the signal ends only the waiting: asking again
   * with the same order goes on waiting. Throws NxsError STATE_UNREADABLE when the fence cannot be kept; nothing runs then.
   */
  carryOut(order: Order, signal: CancelSignal): Promise<OrderOutcome>;
  /** Removes what is kept of orders that ended before this time (ms since the epoch). */
  prune(before: number): Promise<void>;
}

export type Probe =
  | {
      readonly type: 'http';
      readonly url: string;
      readonly status?: number | undefined;
      readonly timeout: number;
    }
  | { readonly type: 'tcp'; readonly address: string; readonly timeout: number }
  | { readonly type: 'systemd'; readonly unit: string; readonly user: boolean; readonly timeout: number }
  | {
      readonly type: 'process';
      readonly name?: string | undefined;
      readonly pid_file?: string | undefined;
      readonly timeout: number;
    }
  | {
      readonly type: 'command';
      readonly run?: readonly string[] | undefined;
      readonly sh?: string | undefined;
      readonly timeout: number;
    };

/** A reading of a service; `instance` changes with every restart of it (null: the probe cannot tell). */
export interface ServiceReading extends Reading {
  readonly instance: string | null;
}

export interface Mount {
  /** Mount point. */
  readonly mount: string;
  /** Percent of the space, and of the inodes, that is in use; as `df` counts; null: the file system has no such count. */
  readonly space: number;
  readonly inodes: number | null;
}

/** What the machine says of itself. Every figure is null where the system does not tell. */
export interface HostReadings {
  /** Percent of memory in use: by MemAvailable, or by the cgroup's limit where that is nearer to its end. */
  readonly memory: Reading;
  /** Percent of the last 10 s in which everything stood still for want of memory (PSI, full avg10). */
  readonly pressure: number | null;
  /** Percent of swap in use. */
  readonly swap: number | null;
  /** Load of a minute, divided by the number of CPUs. */
  readonly load: number | null;
}

export interface Host {
  memory(): Promise<HostReadings>;
  /** The file systems that these paths lie on, each once. */
  disks(
    paths: readonly string[],
  ): Promise<readonly (Mount | { readonly mount: string; readonly failure: string })[]>;
  /** Never throws; a probe that gives no answer in its time reads unknown. */
  probe(probe: Probe, signal: CancelSignal): Promise<ServiceReading>;
}

/** How much was, or would be, removed of the cache directories. */
export interface CachesCleared {
  readonly files: number;
  readonly bytes: number;
  /** What could not be looked at or removed, a sentence each; at most 20. */
  readonly problems: readonly string[];
}

export interface CacheRules {
  /** Directories; absolute. */
  readonly paths: readonly string[];
  /** ms: only files that were neither read nor written for so long. */
  readonly olderThan: number;
  /** Names of files or directories, at any depth, that stay with all that is in them. */
  readonly protect: readonly string[];
}

export interface Caches {
  /** Removes old files below the directories, largest first. `dryRun` only counts. */
  clear(
    rules: CacheRules,
    options: { readonly dryRun: boolean; readonly signal: CancelSignal },
  ): Promise<CachesCleared>;
}
