// Real files in a directory of their own, an environment of their own: no test sees the user's.
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NxsError } from '../../domain/errors.js';
import { loadConfig } from '../../config/load.js';
import type { Config, Problem } from '../../config/types.js';

export const PACKAGE_DIR = fileURLToPath(new URL('../../', import.meta.url));

export interface Scratch {
  readonly root: string;
  readonly home: string;
  /** `--config` directory. */
  readonly dir: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): Promise<void>;
  load(env?: NodeJS.ProcessEnv): Promise<Config>;
  /** The error that loading throws. */
  fail(env?: NodeJS.ProcessEnv): Promise<Failure>;
  remove(): Promise<void>;
}

export interface Failure {
  readonly error: NxsError;
  readonly report: string;
  readonly problems: readonly Problem[];
}

export async function makeScratch(): Promise<Scratch> {
  const root = await mkdtemp(join(tmpdir(), 'nxs-config-'));
  const home = join(root, 'home');
  const dir = join(root, 'config');
  await mkdir(home);
  await mkdir(dir);
  const load = (env: NodeJS.ProcessEnv = {}): Promise<Config> => {
    return loadConfig({ dir, env: { HOME: home, ...env }, homedir: home, packageDir: PACKAGE_DIR });
  };
  return {
    root,
    home,
    dir,
    load,
    async write(files) {
      for (const [name, content] of Object.entries(files)) {
        const path = join(dir, name);
        await mkdir(dirname(path), { recursive: true });
        await writeFile(path, content, { mode: 0o600 });
      }
    },
    async fail(env) {
      const error = await load(env).then(
        () => null,
        (thrown: unknown) => thrown,
      );
      if (!(error instanceof NxsError))
        throw new Error('expected loading to fail with an NxsError', { cause: error });
      const problems = error.details['problems'] as readonly Problem[];
      return { error, report: error.message, problems };
    },
    remove: () => rm(root, { recursive: true, force: true }),
  };
}
