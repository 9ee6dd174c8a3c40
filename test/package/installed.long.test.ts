// The tarball as a stranger gets it: packed, installed with an empty HOME and an empty cache, owned by somebody else, and used. Only
// Temporal's program is the one that all tests share (support/temporal.ts).
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { freePort } from '../../drill/kit/free-port.js';
import { collect, ROOT, type Said } from '../support/e2e-cli.js';
import { until } from '../support/until.js';

const PACKAGE = 'lib/node_modules/nxs-resilience';
const isRoot = process.getuid?.() === 0;
/** Who uses what root installed. */
const NOBODY = isRoot ? { uid: 65534, gid: 65534 } : {};

// Not below the tests' own directory, which is closed to other accounts.
const scratch = mkdtempSync('/tmp/nxs-package-');
const place = (name: string): string => join(scratch, name);
let tarball = '';
let program = '';
const running: ChildProcess[] = [];

/** The registry and its authorities are the machine's; nothing else is. */
const NETWORK = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'npm_config_registry', 'HTTPS_PROXY', 'NO_PROXY'];
const network = Object.fromEntries(
  NETWORK.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]] as const])),
);

function home(name: string, owner: { uid?: number; gid?: number } = {}): string {
  const dir = place(name);
  mkdirSync(dir, { recursive: true, mode: 0o755 });
  if (owner.uid !== undefined) chownSync(dir, owner.uid, owner.gid ?? owner.uid);
  return dir;
}

function env(homeDir: string, more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const path = `${place('prefix/bin')}:${process.env['PATH'] ?? ''}`;
  return {
    PATH: path,
    HOME: homeDir,
    TZ: 'UTC',
    NXS_TEMPORAL_CLI: program,
    npm_config_cache: place('cache'),
    ...network,
    ...more,
  };
}

function run(
  command: string,
  args: readonly string[],
  options: { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number },
): Promise<Said> {
  return collect(start(command, args, options));
}

function start(command: string, args: readonly string[], options: object): ChildProcess {
  // A group of its own: npx starts the command as a child of a child.
  const child = spawn(command, [...args], { ...options, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(child);
  return child;
}

/** Names, sizes and times of all that was installed. */
function listing(dir: string): readonly string[] {
  return readdirSync(dir, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => {
      const { size, mtimeMs } = lstatSync(join(dir, name));
      return `${name} ${String(size)} ${String(mtimeMs)}`;
    });
}

beforeAll(async () => {
  chmodSync(scratch, 0o755);
  program = place('temporal');
  cpSync(inject('temporalCli'), program);
  chmodSync(program, 0o755);
  const packed = await run('npm', ['pack', '--json', '--loglevel=error', '--pack-destination', scratch], {
    cwd: ROOT,
    env: process.env,
  });
  expect(packed.code, packed.stderr).toBe(0);
  tarball = place(readdirSync(scratch).find((name) => name.endsWith('.tgz')) ?? '');
  const args = ['install', '-g', '--prefix', place('prefix'), '--engine-strict', '--no-audit', tarball];
  const installed = await run('npm', args, { cwd: home('empty'), env: env(home('installer')) });
  expect(installed.code, installed.stderr).toBe(0);
}, 600_000);

afterAll(() => {
  for (const { pid, exitCode, signalCode } of running)
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGTERM');
  rmSync(scratch, { recursive: true, force: true, maxRetries: 10 });
}, 120_000);

it('leaves no file of the packing in the clone', () => {
  expect(readdirSync(ROOT)).not.toContain('npm-shrinkwrap.json');
});

it('brings the SDK that the bundle was made with, and no development package', () => {
  const modules = place(`prefix/${PACKAGE}/node_modules`);
  const version = (path: string): unknown =>
    (JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as { version: string }).version;
  for (const name of ['worker', 'workflow', 'client', 'common', 'activity'])
    expect(version(join(modules, '@temporalio', name))).toBe(
      version(join(ROOT, 'node_modules/@temporalio', name)),
    );
  const development = ['vitest', 'typescript', 'esbuild', 'eslint', 'fast-check'];
  expect(readdirSync(modules).filter((name) => development.includes(name))).toEqual([]);
});

describe('an installation that belongs to somebody else', () => {
  it('runs from nothing to a proved backup, and writes nothing into itself', async () => {
    const user = home('user', NOBODY);
    const options = { cwd: user, env: env(user), ...NOBODY };
    const dir = place(`prefix/${PACKAGE}`);
    const before = listing(dir);
    const nxs = (...args: readonly string[]) => run('nxs', args, options);
    const bare = await run('nxs-resilience', [], options);
    expect(bare.stderr).toMatch(/First steps:\n {2}nxs up/);
    expect((await nxs('--version')).stdout).toBe(`${manifestVersion()}\n`);
    expect((await run('nxs-provider', ['--version'], options)).code).toBe(0);
    expect((await nxs('init')).code).toBe(0);
    await quietPorts(join(user, '.config/nxs/nxs.yaml'));
    const checked = await nxs('config', 'check');
    expect(checked.code, checked.stdout + checked.stderr).toBe(0);
    const up = start('nxs', ['up'], options);
    const said = lines(up);
    await until(() => said.some((line) => /^green: backup of 5 files/.test(line)), 120_000);
    expect(said.some((line) => line.startsWith('ready in'))).toBe(true);
    const status = (await nxs('status', '--json')).json();
    expect(status).toMatchObject({ control_plane: { ready: true }, backup: { outcome: 'green' } });
    up.kill('SIGINT');
    const [code] = (await once(up, 'close')) as [number | null];
    expect(code).toBe(0);
    const drill = await nxs('drill', '--only', 'all-providers-down', '--json');
    expect(drill.code, drill.stderr).toBe(0);
    expect(listing(dir)).toEqual(before);
  }, 400_000);
});

describe('npx with the tarball', () => {
  it('starts the control plane, and Ctrl-C ends it', async () => {
    const user = home('npx');
    const options = {
      cwd: user,
      env: env(user, { NXS_HTTP_PORT: String(await freePort()) }),
    };
    mkdirSync(join(user, '.config/nxs'), { recursive: true });
    writeFileSync(join(user, '.config/nxs/nxs.yaml'), '');
    await quietPorts(join(user, '.config/nxs/nxs.yaml'));
    const npx = start('npx', ['--yes', relative(user, tarball), 'up'], options);
    const said = lines(npx);
    await until(() => said.some((line) => line.startsWith('green:')), 300_000);
    // As the terminal does: to everybody in the foreground.
    process.kill(-npx.pid!, 'SIGINT');
    await once(npx, 'close');
    expect(said.at(-1)).toBe('stopped');
  }, 400_000);
});

describe('the library', () => {
  it('compiles and runs the example of its page, with the types of the tarball alone', async () => {
    const project = home('project');
    const options = { cwd: project, env: env(project) };
    writeFileSync(
      join(project, 'package.json'),
      JSON.stringify({ name: 'example', private: true, type: 'module' }),
    );
    const added = await run('npm', ['install', '--no-audit', tarball], options);
    expect(added.code, added.stderr).toBe(0);
    const page = readFileSync(join(ROOT, 'docs/api.md'), 'utf8');
    writeFileSync(join(project, 'example.ts'), /```ts\n([^]*?)```/.exec(page)?.[1] ?? '');
    // `console` is all that the example needs of Node; lib.dom declares it.
    const flags = [
      '--strict',
      '--module',
      'nodenext',
      '--target',
      'es2023',
      '--lib',
      'es2023,dom',
      '--exactOptionalPropertyTypes',
    ];
    const tsc = spawnSync(
      process.execPath,
      [join(ROOT, 'node_modules/typescript/bin/tsc'), ...flags, 'example.ts'],
      { ...options, encoding: 'utf8' },
    );
    expect(tsc.stdout).toBe('');
    expect(tsc.status).toBe(0);
    mkdirSync(join(project, '.config/nxs'), { recursive: true });
    writeFileSync(join(project, '.config/nxs/nxs.yaml'), '');
    await quietPorts(join(project, '.config/nxs/nxs.yaml'));
    const said = await run(process.execPath, ['example.js'], options);
    expect(said.code, said.stderr).toBe(0);
    expect(said.stdout).toMatch(/^an LLM at http:\/\/127\.0\.0\.1:\d+\/v1\nready: true, last backup: /);
    expect(said.stdout).toMatch(/^green: backup of 5 files to local: /m);
    expect(said.stdout).toMatch(/^uptime: \w+$/m);
    expect(said.stdout).toMatch(/refused: USAGE\n$/);
  }, 400_000);
});

function manifestVersion(): string {
  return (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;
}

/** Ports of our own: the usual ones may be in use by somebody. */
async function quietPorts(file: string): Promise<void> {
  const [http, port, ui] = [await freePort(), await freePort(), await freePort()];
  const text = readFileSync(file, 'utf8')
    .replace(/^temporal:.*$/m, '')
    .replace(/^http:.*$/m, '');
  const own = `temporal: { mode: embedded, port: ${port}, ui_port: ${ui} }\nhttp: { port: ${http} }\n`;
  writeFileSync(file, `${text}\n${own}`);
}

function lines(child: ChildProcess): string[] {
  const said: string[] = [];
  let rest = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      const parts = (rest + chunk).split('\n');
      rest = parts.pop() ?? '';
      said.push(...parts);
    });
  return said;
}
