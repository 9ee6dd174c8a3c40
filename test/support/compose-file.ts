// docker-compose.temporal.yml as tests read it, and as docker compose itself does, where it is installed.
import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';

export const ROOT = join(import.meta.dirname, '../..');
const FILE = join(ROOT, 'docker-compose.temporal.yml');

export interface Service {
  readonly image: string;
  readonly profiles?: readonly string[];
  readonly build?: { readonly context: string; readonly args: Readonly<Record<string, string>> };
  readonly restart?: string;
  readonly read_only?: boolean;
  readonly security_opt?: readonly string[];
  readonly cap_drop?: readonly string[];
  readonly mem_limit?: string;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly healthcheck?: object;
  readonly environment: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
}

export type Name =
  'postgres' | 'schema' | 'server' | 'namespace' | 'ui' | 'worker' | 'prometheus' | 'grafana';

/** The file's text. */
export const text = readFileSync(FILE, 'utf8');

/** The file, with YAML's merges done and variables as they are written. */
export const compose = parse(text, { merge: true }) as {
  readonly services: Readonly<Record<Name, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
};

/** What the host shows of it, `HOST:PORT`, when nothing is set: what of a `${NAME:-default}` holds then. */
export function filled(value: string): string {
  return value.replace(/\$\{\w+:-([^}]*)\}/g, '$1');
}

/** `docker compose config` with these profiles; null where it is not installed. In a folder of its own: a developer's .env would count. */
export function composeConfig(
  env: Readonly<Record<string, string>>,
  profiles: readonly string[] = [],
): SpawnSyncReturns<string> | null {
  const found = (program ??= { words: findProgram() }).words;
  if (found === null) return null;
  const folder = mkdtempSync(join(tmpdir(), 'compose-'));
  copyFileSync(FILE, join(folder, 'docker-compose.temporal.yml'));
  const [command = '', ...args] = found;
  const asked = profiles.flatMap((profile) => ['--profile', profile]);
  return spawnSync(command, [...args, '-f', 'docker-compose.temporal.yml', ...asked, 'config'], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...env },
  });
}

/** Looked for once: the older program takes a second to say its version. */
let program: { readonly words: readonly string[] | null } | undefined;

function findProgram(): readonly string[] | null {
  const candidates = [['docker', 'compose'], ['docker-compose']] as const;
  return candidates.find(([name, ...args]) => spawnSync(name, [...args, 'version']).status === 0) ?? null;
}
