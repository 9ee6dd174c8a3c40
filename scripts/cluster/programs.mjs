// The programs of a cluster without docker: Temporal's server and SQL tool by Go's own installer, under the names that they
// have in the images; its command line as the product finds it; PostgreSQL's from the system.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { runChild } from '../support/child.mjs';
import { DIST } from '../support/paths.mjs';
import { say, SetUpError } from '../support/say.mjs';

const MODULE = 'go.temporal.io/server';
const PARTS = { server: 'temporal-server', 'tools/sql': 'temporal-sql-tool' };

/** Downloads and builds that tests share with each other. */
function cacheDirectory() {
  const { NXS_TEST_CACHE, XDG_CACHE_HOME } = process.env;
  return NXS_TEST_CACHE ?? join(XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'nxs');
}

/**
 * Builds what the cache lacks (about 6 minutes on 2 cores, once a version). Throws SetUpError when Go is missing or fails.
 * @param {string} version of the server, without v
 * @returns {Promise<{ bin: string, schema: string }>}
 */
export async function temporalPrograms(version) {
  const kept = join(cacheDirectory(), 'temporal-cluster', version);
  const [bin, schema] = [join(kept, 'bin'), join(kept, 'schema')];
  mkdirSync(bin, { recursive: true });
  for (const [part, name] of Object.entries(PARTS)) {
    if (!existsSync(join(bin, name))) await install(part, name, version, kept);
  }
  if (!existsSync(schema)) keepSchema(version, schema);
  return { bin, schema };
}

async function install(part, name, version, kept) {
  requireGo();
  say(`building ${name} ${version} (go install; the first time takes minutes) …`);
  const began = performance.now();
  const target = join(kept, `building-${process.pid}`);
  // Above all else a build that fills a small machine must not be felt.
  const command = ['-n', '10', 'go', 'install', `${MODULE}/cmd/${part}@v${version}`];
  const { code, shown } = await runChild('nice', command, {
    cwd: kept,
    capture: true,
    env: { ...process.env, GOBIN: target, GOFLAGS: '-buildvcs=false' },
  });
  if (code !== 0)
    throw new SetUpError(`go install of ${name} failed:\n${shown.map((line) => `  ${line}`).join('\n')}`);
  renameSync(join(target, part.split('/').at(-1)), join(kept, 'bin', name));
  rmSync(target, { recursive: true });
  say(`built ${name} (${Math.round((performance.now() - began) / 1000)} s)`);
}

// The same files that the admin-tools image has in /etc/temporal/schema.
function keepSchema(version, schema) {
  requireGo();
  const { stdout } = spawnSync('go', ['env', 'GOMODCACHE'], { encoding: 'utf8' });
  const source = join(stdout.trim(), `${MODULE}@v${version}`, 'schema');
  if (!existsSync(source))
    throw new SetUpError(`${source} is missing: \`go mod download\` of ${MODULE} was cleaned away.`);
  const temporary = `${schema}-${process.pid}`;
  cpSync(source, temporary, { recursive: true });
  // A module cache is read-only, and so would be the copy.
  spawnSync('chmod', ['-R', 'u+w', temporary]);
  renameSync(temporary, schema);
}

function requireGo() {
  if (spawnSync('go', ['version']).status === 0) return;
  throw new SetUpError(
    'go was not found on PATH: install Go (https://go.dev/dl) to build the server, and start again.',
  );
}

/** Path of Temporal's command line, as the product finds it. */
export async function temporalCli() {
  const { resolveProgram } = await import(pathToFileURL(join(DIST, 'adapters/temporal/binary.js')).href);
  const { path } = await resolveProgram({ progress: (line, percent) => percent ?? say(line) });
  return path;
}

/** Directory of PostgreSQL's server programs: NXS_PG_BIN, PATH, Debian's newest. Throws SetUpError. */
export function postgresPrograms() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const { NXS_PG_BIN, PATH = '' } = process.env;
  const places = NXS_PG_BIN === undefined ? PATH.split(delimiter) : [NXS_PG_BIN];
  const found = [...places, ...versions.map((version) => join(debian, version, 'bin'))].find((place) =>
    ['initdb', 'pg_ctl', 'postgres'].every((program) => existsSync(join(place, program))),
  );
  if (found !== undefined) return found;
  throw new SetUpError(
    "PostgreSQL's server programs were not found: install them (Debian: apt install postgresql), or name their directory in NXS_PG_BIN.",
  );
}
