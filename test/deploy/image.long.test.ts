// The Dockerfile without docker: its own lines are followed in scratch directories (COPY, RUN of npm, ENV, ENTRYPOINT, HEALTHCHECK), and
// what comes out is started as another user who may write nowhere but in the state and data directories. What is not tried is the base
// image: apt, and the lines that make its user.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, inject, it } from 'vitest';
import { ROOT } from '../support/compose-file.js';
import { randomPorts } from '../support/temporal-plane.js';
import { until } from '../support/until.js';

interface Stage {
  readonly root: string;
  readonly env: Record<string, string>;
  healthcheck: readonly string[];
  command: readonly string[];
}

/** A user that is nobody's: files that its own umask does not open stay shut. */
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** The instructions, with continued lines joined and comments left out. */
function instructions(): readonly (readonly [string, string])[] {
  const text = readFileSync(join(ROOT, 'Dockerfile'), 'utf8')
    .replace(/^#.*\n/gm, '')
    .replace(/\\\n\s*/g, '');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)] as const);
}

/** Follows them; the last stage. */
function build(parent: string): Stage {
  const stages = new Map<string, Stage>();
  let stage: Stage = newStage(parent, 'none');
  let workdir = '/';
  const at = (path: string) => join(stage.root, path.startsWith('/') ? path : join(workdir, path));
  for (const [name, rest] of instructions()) {
    if (name === 'FROM') {
      const as = / AS (\w+)/.exec(rest)?.[1] ?? 'last';
      stage = newStage(parent, as);
      stages.set(as, stage);
    } else if (name === 'WORKDIR') {
      workdir = rest;
      mkdirSync(at('.'), { recursive: true });
    } else if (name === 'COPY') {
      const from = /^--from=(\w+) /.exec(rest)?.[1];
      const paths = rest.replace(/^--from=\w+ /, '').split(' ');
      const to = paths.pop() ?? '';
      for (const path of paths) {
        const source = from === undefined ? join(ROOT, path) : join(stages.get(from)?.root ?? '?', path);
        const target = to.endsWith('/') ? join(at(to), path.split('/').at(-1) ?? '') : at(to);
        mkdirSync(dirname(target), { recursive: true });
        cpSync(source, target, { recursive: true, verbatimSymlinks: true });
      }
    } else if (name === 'RUN' && rest.startsWith('npm ')) {
      const run = spawnSync('sh', ['-c', `${rest} --prefer-offline`], {
        cwd: at('.'),
        encoding: 'utf8',
        env: npmEnv(),
      });
      expect([rest, run.status, run.status === 0 ? '' : run.stderr]).toEqual([rest, 0, '']);
    } else if (name === 'ENV') {
      const [key = '', value = ''] = rest.split('=');
      stage.env[key] = value.startsWith('/') ? join(stage.root, value) : value;
    } else if (name === 'HEALTHCHECK') stage.healthcheck = words(rest.slice(rest.indexOf('[')));
    else if (name === 'ENTRYPOINT' || name === 'CMD') stage.command = [...stage.command, ...words(rest)];
  }
  return stage;
}

function newStage(parent: string, name: string): Stage {
  const root = join(parent, name);
  mkdirSync(root);
  return { root, env: {}, healthcheck: [], command: [] };
}

function words(json: string): readonly string[] {
  return JSON.parse(json) as string[];
}

// npm has its cache where the machine has it: the packages are those of this clone.
function npmEnv(): NodeJS.ProcessEnv {
  const cache =
    process.env['NXS_TEST_NPM_CACHE'] ?? join(dirname(process.env['NXS_TEST_CACHE'] ?? ''), '../.npm');
  return {
    PATH: process.env['PATH'],
    HOME: process.env['HOME'],
    TMPDIR: process.env['TMPDIR'],
    npm_config_cache: cache,
  };
}

describe.skipIf(!isRoot)('the image, by its Dockerfile (needs root, to become another user)', () => {
  it('runs as another user on a read-only copy, is healthy, and carries nothing to build with', async () => {
    const parent = mkdtempSync(join(tmpdir(), 'image-'));
    const image = build(parent);
    const app = join(image.root, 'app');
    for (const tool of ['esbuild', 'typescript', 'vitest', 'eslint'])
      expect(spawnSync('test', ['-e', join(app, 'node_modules', tool)]).status).toBe(1);
    for (const name of ['NXS_STATE_DIR', 'NXS_DATA_DIR', 'HOME'])
      mkdirSync(image.env[name] ?? '?', { recursive: true, mode: 0o700 });
    spawnSync('chmod', ['-R', 'a+rX,go-w', image.root]);
    for (const name of ['NXS_STATE_DIR', 'NXS_DATA_DIR', 'HOME'])
      spawnSync('sh', ['-c', `chown ${String(NOBODY)} "$1" && chmod 700 "$1"`, 'sh', image.env[name] ?? '?']);
    // The scratch directories of a test are their owner's alone.
    for (let above = parent; above !== '/' && above !== dirname(above); above = dirname(above))
      if (above.includes('/nxs-')) spawnSync('chmod', ['o+x', above]);

    const { http } = randomPorts();
    const env = {
      ...image.env,
      PATH: process.env['PATH'],
      NXS_TEST_MARK: process.env['NXS_TEST_MARK'],
      NXS_NODE: `image-${String(process.pid)}`,
      NXS_TEMPORAL_ADDRESS: inject('temporalAddress'),
      NXS_HTTP_TOKEN: 'a-token-of-the-test',
      NXS_HTTP_PORT: String(http),
    };
    const user = { uid: NOBODY, gid: NOBODY };
    const [program = '', ...args] = image.command.slice(2).map((word) => word.replace(/^\/app/, app));
    const child = spawn(program, args, { cwd: app, env, ...user, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (chunk: string) => (output += chunk));
    try {
      await until(() => {
        if (child.exitCode !== null) throw new Error(output);
        return /^ready in /m.test(output);
      }, 120_000).catch((error: unknown) => {
        throw new Error(`${String(error)}\n${output}`);
      });
      const [check = '', ...words] = image.healthcheck;
      const healthy = spawnSync(check, words, { env, ...user, encoding: 'utf8' });
      expect([healthy.status, healthy.stderr]).toEqual([0, '']);
      const closed = spawnSync(check, words, { env: { ...env, NXS_HTTP_PORT: '1' }, ...user });
      expect(closed.status).toBe(1);
      await until(() => /^green: backup of /m.test(output), 60_000);
    } finally {
      child.kill('SIGTERM');
      if (child.exitCode === null) await once(child, 'exit');
      // Tens of thousands of files: more than the time that the seal has for it.
      spawnSync('rm', ['-rf', parent]);
    }
    expect(child.exitCode).toBe(0);
  }, 900_000);
});
