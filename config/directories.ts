// Where configuration, state and data live (the contract's "Files"). Rules only; nothing is created here.
import { existsSync, statSync } from 'node:fs';
import { homedir, hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NODE_NAME } from '../domain/ids.js';
import type { Environment } from './yaml/fill.js';
import type { LoadOptions } from './types.js';

/** The document's own data directory; taken when it exists and nothing else is said. */
const SEED_DATA_DIR = '/opt/development';

/** Home directory of this run. */
export function homeOf(options: Pick<LoadOptions, 'env' | 'homedir'>): string {
  return options.homedir ?? (options.env['HOME'] || homedir());
}

/** The package's own `config/`: beside the sources, and two levels above them once they are compiled. */
export function packageConfigDir(packageDir?: string): string {
  if (packageDir !== undefined) return join(packageDir, 'config');
  const here = dirname(fileURLToPath(import.meta.url));
  for (let dir = here; dirname(dir) !== dir; dir = dirname(dir)) {
    if (existsSync(join(dir, 'config', 'nxs.yaml'))) return join(dir, 'config');
  }
  return here;
}

export interface Chain {
  /** First one first. */
  readonly dirs: readonly string[];
  /** The package's own, last of `dirs`. */
  readonly packageDir: string;
  /** Named by the user, so it must exist: with the words that name it. */
  readonly named: readonly { readonly dir: string; readonly by: string }[];
}

/** `--config DIR`, NXS_CONFIG_DIR, ~/.config/nxs, /etc/nxs, the package's own. */
export function configChain(options: LoadOptions, home: string): Chain {
  const packageDir = packageConfigDir(options.packageDir);
  const fromEnv = options.env['NXS_CONFIG_DIR'] || null;
  const named = [
    ...(options.dir === undefined ? [] : [{ dir: absolute(options.dir, home), by: '--config' }]),
    ...(fromEnv === null ? [] : [{ dir: absolute(fromEnv, home), by: 'NXS_CONFIG_DIR' }]),
  ];
  const dirs = [...named.map(({ dir }) => dir), join(home, '.config', 'nxs'), '/etc/nxs', packageDir];
  return { dirs: [...new Set(dirs)], packageDir, named };
}

/** `~` and `~/x` filled; a relative path is taken from the working directory. */
function absolute(path: string, home: string): string {
  return resolve(expandHome(path, home));
}

export function expandHome(path: string, home: string): string {
  return path === '~' || path.startsWith('~/') ? join(home, path.slice(1)) : path;
}

/** NXS_STATE_DIR, else $XDG_STATE_HOME/nxs, else ~/.local/state/nxs. A relative XDG path is invalid by its standard. */
export function stateDirOf(env: Environment, home: string): string {
  const own = env['NXS_STATE_DIR'];
  if (own) return absolute(own, home);
  const xdg = env['XDG_STATE_HOME'];
  return xdg?.startsWith('/') === true ? join(xdg, 'nxs') : join(home, '.local', 'state', 'nxs');
}

/** NXS_DATA_DIR, else `data_dir`, else the document's /opt/development when it exists, else ~/nxs. */
export function dataDirOf(
  env: Environment,
  configured: string | null,
  home: string,
  seedDir = SEED_DATA_DIR,
): string {
  const own = env['NXS_DATA_DIR'];
  if (own) return absolute(own, home);
  if (configured !== null) return absolute(configured, home);
  return isDirectory(seedDir) ? seedDir : join(home, 'nxs');
}

/** NXS_NODE, else `node`, else the host name made valid. Not checked: the caller does, with the place at hand. */
export function nodeNameOf(env: Environment, configured: string | null, host = hostname()): string {
  return env['NXS_NODE'] || configured || validNodeName(host);
}

/** A host name as a node name: other characters become dashes, ends are trimmed, 63 characters at most. */
export function validNodeName(host: string): string {
  const plain = host
    .toLowerCase()
    .replace(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 63)
    .replace(/[^a-z0-9]+$/, '');
  return NODE_NAME.test(plain) ? plain : 'node';
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}
