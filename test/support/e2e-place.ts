// A data directory, a state directory and the configuration over them, all scratch: what a run needs and nothing more.
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/types.js';

/** Paths below the data directory with their bytes. */
export type Files = ReadonlyMap<string, Buffer>;

export interface Place {
  readonly root: string;
  readonly dataDir: string;
  readonly stateDir: string;
  readonly configDir: string;
  /** The bare repository of the default destination. */
  readonly store: string;
  /** What a process of the product needs to find all of it. */
  readonly env: NodeJS.ProcessEnv;
}

const EVERYTHING = 'files: [{ local: "**", remote: "./" }]';

/** `manifest` is the text under `backup:`; by default all files go to the embedded destination. */
export async function makePlace(
  manifest?: (place: Omit<Place, 'env'>) => string,
  parent = tmpdir(),
): Promise<Place> {
  const root = await mkdtemp(join(parent, 'nxs-place-'));
  const [dataDir, stateDir, configDir] = ['data', 'state', 'config'].map((name) => join(root, name)) as [
    string,
    string,
    string,
  ];
  await Promise.all([
    mkdir(dataDir),
    mkdir(stateDir, { mode: 0o700 }),
    mkdir(configDir),
    mkdir(join(root, 'home')),
  ]);
  const place = { root, dataDir, stateDir, configDir, store: join(stateDir, 'backup.git') };
  await writeManifest(place, manifest?.(place) ?? embedded());
  const env = {
    HOME: join(root, 'home'),
    NXS_CONFIG_DIR: configDir,
    NXS_DATA_DIR: dataDir,
    NXS_STATE_DIR: stateDir,
    NXS_NODE: 'home',
  };
  return { ...place, env };
}

/** The lines under `backup:` for these destinations, backing everything up. */
export function destinations(...lines: readonly string[]): string {
  return ['destinations:', ...lines.map((line) => `  - ${line}`), EVERYTHING].join('\n');
}

function embedded(): string {
  return destinations('{ name: local, type: git, path: "${NXS_STATE_DIR}/backup.git" }');
}

/** Replaces the manifest's text under `backup:`. */
async function writeManifest(place: Pick<Place, 'configDir'>, text: string): Promise<void> {
  const lines = text.split('\n').map((line) => `  ${line}`);
  await writeFile(join(place.configDir, 'backup-manifest.yaml'), `backup:\n${lines.join('\n')}\n`);
}

/** The configuration, by the product's own loader. */
export function configOf(place: Place): Promise<Config> {
  return loadConfig({ env: place.env });
}

/** Writes files below a directory. */
export async function fill(
  dir: string,
  files: Files | Readonly<Record<string, string | Buffer>>,
): Promise<void> {
  const entries: Iterable<[string, string | Buffer]> = isMap(files) ? files : Object.entries(files);
  for (const [path, bytes] of entries) {
    await mkdir(dirname(join(dir, path)), { recursive: true });
    await writeFile(join(dir, path), bytes);
  }
}

function isMap(files: Files | Readonly<Record<string, string | Buffer>>): files is Files {
  return files instanceof Map;
}

/** Every regular file below a directory with its bytes; what the product may leave there is no exception, but for sync's marker. */
export async function filesIn(dir: string): Promise<Map<string, Buffer>> {
  const found = await readdir(dir, { recursive: true, withFileTypes: true });
  const files = new Map<string, Buffer>();
  for (const entry of found) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name !== '.nxs-root') files.set(relative(dir, path), await readFile(path));
  }
  return files;
}

/** Comparable and short when it differs: path -> the head of the SHA-256. */
export function digests(files: Files): Record<string, string> {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(sorted.map(([path, bytes]) => [path, sha256(bytes).slice(0, 16)]));
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

export async function removePlace(place: Place): Promise<void> {
  await rm(place.root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
