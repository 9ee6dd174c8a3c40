import { build, stop } from 'esbuild';
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { acquireLock } from '../../adapters/files/lock.js';
import { buildBundle } from '../../workers/bundle.js';

// The processes are tested as they run: compiled, with a prebuilt bundle. The real compiler output of the
// supervisor, worker and engine, with workflows and activities of the tests' own.

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// Below node_modules, so that the compiled files find their packages and nobody lints them.
const CACHE = join(ROOT, 'node_modules', '.cache', 'nxs-engine-test');
const FIXTURES = 'test/workers/fixtures';
/** Loaded by require(), so it is copied as it is. */
const COMMON_JS = 'adapters/temporal/failure-converter.cjs';
/** Single files of folders that are not needed whole. */
const SINGLE = ['workflows/failure-converter.ts'];

export interface EngineBuild {
  readonly dist: string;
  /** Compiled test/workers/fixtures/main.ts. */
  readonly main: string;
  readonly worker: string;
}

/** Builds once per state of the sources; test files that run at the same time share it. */
export async function engineBuild(): Promise<EngineBuild> {
  await mkdir(CACHE, { recursive: true });
  const lock = await acquireLock(join(CACHE, 'lock'), { wait: 60_000, purpose: 'test build' });
  try {
    const files = await sources();
    const digest = await digestOf(files);
    const dist = join(CACHE, digest, 'dist');
    const paths = { dist, main: join(dist, FIXTURES, 'main.js'), worker: join(dist, FIXTURES, 'worker.js') };
    const done = join(dist, 'done');
    if ((await readFile(done).catch(() => null)) === null) {
      await compile(files, dist);
      await buildBundle(dist);
      await writeFile(done, '');
    }
    return paths;
  } finally {
    await lock.release();
  }
}

async function compile(files: readonly string[], dist: string): Promise<void> {
  const common = { absWorkingDir: ROOT, format: 'esm', platform: 'node', target: 'node20' } as const;
  await build({ ...common, entryPoints: [...files], outbase: ROOT, outdir: dist, logLevel: 'error' });
  const outfile = join(dist, 'workflows', 'index.js');
  await build({ ...common, entryPoints: [`${FIXTURES}/workflows.ts`], outfile, logLevel: 'error' });
  await copyFile(join(ROOT, COMMON_JS), join(dist, COMMON_JS));
  await stop();
}

async function sources(): Promise<readonly string[]> {
  const lists = await Promise.all(
    ['activities', 'adapters', 'config', 'domain', 'gateway', 'workers', FIXTURES].map(walk),
  );
  return [...lists.flat(), ...SINGLE].sort();
}

async function walk(folder: string): Promise<string[]> {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true });
  const lists = entries.map((entry) =>
    entry.isDirectory() ? walk(`${folder}/${entry.name}`) : Promise.resolve([`${folder}/${entry.name}`]),
  );
  return (await Promise.all(lists)).flat().filter((name) => name.endsWith('.ts'));
}

async function digestOf(files: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const file of files) hash.update(file).update(await readFile(join(ROOT, file)));
  return hash.digest('hex').slice(0, 16);
}
