// What the rest of the program sees of the configuration: durations in ms, paths absolute, everything frozen.
import type * as z from 'zod';
import type { FileName, SCHEMAS } from './files.js';

/** Readonly all the way down. */
export type Frozen<T> = T extends readonly (infer E)[]
  ? readonly Frozen<E>[]
  : T extends object
    ? { readonly [K in keyof T]: Frozen<T[K]> }
    : T;

type Output<N extends FileName> = Frozen<z.output<(typeof SCHEMAS)[N]>>;

export type NxsConfig = Omit<Output<'nxs'>, '$schema'>;
export type ProvidersConfig = Output<'providers'>;
export type BackupConfig = Output<'backup-manifest'>['backup'];
export type SyncConfig = Output<'sync-manifest'>['sync'];
export type HealingConfig = Output<'healing'>['healing'];
type Page = Output<'resilience-dashboard'>['dashboard'];
/** `error`: the panel has a mistake, which stands in its place on the page. */
export type PanelConfig =
  Page['panels'][number] | { readonly name: string; readonly type: 'error'; readonly problem: string };
export interface DashboardConfig {
  readonly title: string;
  readonly panels: readonly PanelConfig[];
}

export type DestinationConfig = BackupConfig['destinations'][number];

/** Where a file came from: the package's own defaults, or a directory of the user. */
export interface FileOrigin {
  readonly path: string;
  readonly origin: 'default' | 'user';
}

/** A key that counts as not given, since its variable has no value. */
export interface UnsetVariable {
  readonly file: FileName;
  /** For example `providers[0].api_key`. */
  readonly path: string;
  readonly variable: string;
}

export interface Config {
  readonly node: string;
  /** Absolute path of what is backed up and synced; it need not exist. */
  readonly dataDir: string;
  /** Absolute path of our own state; it need not exist. */
  readonly stateDir: string;
  /** Directories searched for files, first one first; they need not exist. */
  readonly dirs: readonly string[];
  readonly files: Readonly<Record<FileName, FileOrigin>>;
  readonly nxs: NxsConfig;
  readonly providers: ProvidersConfig;
  readonly backup: BackupConfig;
  readonly sync: SyncConfig;
  readonly healing: HealingConfig;
  readonly dashboard: DashboardConfig;
  readonly unset: readonly UnsetVariable[];
  /** One sentence each; nothing here stops the start. */
  readonly warnings: readonly string[];
}

export interface LoadOptions {
  /** A page with mistakes stops nothing: they become panels and warnings. */
  readonly tolerant?: boolean;
  /** `--config DIR`; it must exist. */
  readonly dir?: string;
  readonly env: NodeJS.ProcessEnv;
  /** Home directory; left out: HOME of `env`, else that of the account. */
  readonly homedir?: string;
  /** Root of the package, whose `config/` holds the defaults; left out: found from this file. */
  readonly packageDir?: string;
}

/** One problem of one file. Line and column count from 1; line 0 means the file as a whole. */
export interface Problem {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}
