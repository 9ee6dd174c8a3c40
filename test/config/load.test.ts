import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../config/load.js';
import { environmentOf } from '../../config/provenance.js';
import { unsetUnder } from '../../config/unset.js';
import { makeScratch, PACKAGE_DIR, type Scratch } from './scratch.js';

let scratch: Scratch;
beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

describe('the defaults', () => {
  it('load from the package alone, without warnings', async () => {
    const config = await scratch.load();
    expect(config.warnings).toEqual([]);
    expect(Object.values(config.files).map((file) => file.origin)).toEqual(Array(6).fill('default'));
    expect(config.nxs.temporal).toEqual({ mode: 'embedded', port: 7233, ui_port: 8233 });
    expect(config.nxs.http).toEqual({ host: '127.0.0.1', port: 8787, allowed_hosts: [] });
    expect(config.backup.destinations).toEqual([
      { name: 'local', type: 'git', branch: 'main', path: join(config.stateDir, 'backup.git') },
    ]);
    expect(config.backup.files.map((file) => [file.local, file.optional])).toEqual([
      ['MEMORY.md', true],
      ['DECISION-LOG.md', true],
      ['TECHNOLOGY-MATRIX.md', true],
      ['memory/**', true],
      ['config/**', true],
      ['tasks/**', true],
    ]);
  });

  it('count durations in milliseconds', async () => {
    const { backup, nxs, providers, healing } = await scratch.load();
    expect(backup).toMatchObject({ every: 3_600_000, recency_limit: 7_200_000 });
    expect(backup.verify).toEqual({ every: 3_600_000, within: 604_800_000 });
    expect(nxs.retention).toEqual({
      completion_bodies: 86_400_000,
      undo: 7_776_000_000,
      losers: 7_776_000_000,
      captures: 2_592_000_000,
      journal: 34_560_000_000,
    });
    expect(providers.failover).toMatchObject({
      global_timeout: 300_000,
      hedge_after: 4000,
      window_seconds: 60,
    });
    expect(healing).toMatchObject({ interval: 30_000, approvals: { expires_after: 1_800_000 } });
  });

  it('are frozen all the way down', async () => {
    const config = await scratch.load();
    expect(() => {
      (config.nxs.http as { port: number }).port = 1;
    }).toThrow(TypeError);
    expect(() => (config.backup.files as unknown[]).pop()).toThrow(TypeError);
  });

  it('show a provider whose key is not set as not configured', async () => {
    const config = await scratch.load();
    expect(unsetUnder(config, 'providers', 'providers[0]')).toEqual(['KIMI_API_KEY']);
    expect(unsetUnder(config, 'providers', 'providers[1]')).toEqual([]);
    const set = await scratch.load({ KIMI_API_KEY: 'sk-1' });
    expect(set.unset).toEqual([]);
    expect(set.providers.providers[0]?.api_key).toBe('sk-1');
  });
});

describe('the chain of directories', () => {
  it('lets each file fall back on its own', async () => {
    await scratch.write({ 'nxs.yaml': 'node: from-flag\n' });
    const home = join(scratch.home, '.config', 'nxs');
    await mkdir(home, { recursive: true });
    await writeFile(join(home, 'nxs.yaml'), 'node: from-home\n');
    await writeFile(join(home, 'healing.yaml'), 'healing: { interval: 1m }\n');
    const config = await scratch.load();
    expect(config.node).toBe('from-flag');
    expect(config.healing.interval).toBe(60_000);
    expect(config.files.healing).toEqual({ path: join(home, 'healing.yaml'), origin: 'user' });
    expect(config.files.providers.origin).toBe('default');
  });

  it('puts --config before NXS_CONFIG_DIR before the home directory', async () => {
    const other = join(scratch.root, 'other');
    await mkdir(other);
    await writeFile(join(other, 'nxs.yaml'), 'node: from-env\n');
    const env = { HOME: scratch.home, NXS_CONFIG_DIR: other };
    const fromEnv = await loadConfig({ env, packageDir: PACKAGE_DIR });
    expect(fromEnv.node).toBe('from-env');
    expect(fromEnv.dirs).toEqual([
      other,
      join(scratch.home, '.config', 'nxs'),
      '/etc/nxs',
      join(PACKAGE_DIR, 'config'),
    ]);
    await scratch.write({ 'nxs.yaml': 'node: from-flag\n' });
    expect((await scratch.load({ NXS_CONFIG_DIR: other })).node).toBe('from-flag');
  });

  it.each([
    ['--config', { dir: '/nonexistent/nxs' }, {}],
    ['NXS_CONFIG_DIR', {}, { NXS_CONFIG_DIR: '/nonexistent/nxs' }],
  ])('refuses a directory that %s names and that is not there', async (by, options, env) => {
    const load = loadConfig({ ...options, env: { HOME: scratch.home, ...env }, packageDir: PACKAGE_DIR });
    await expect(load).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(by) as string,
    });
  });

  it('lets an empty file leave its place to the next one, and says so', async () => {
    await scratch.write({ 'backup-manifest.yaml': '', 'healing.yaml': '# all of it commented out\n' });
    const config = await scratch.load();
    expect(config.files['backup-manifest'].origin).toBe('default');
    expect(config.warnings).toHaveLength(2);
  });

  it('warns of a file that no name fits', async () => {
    await scratch.write({ 'provider.yaml': 'x: 1\n' });
    expect((await scratch.load()).warnings).toEqual([expect.stringContaining('provider.yaml is not read')]);
  });
});

describe('node, state and data', () => {
  it('take the environment first, then nxs.yaml, then their defaults', async () => {
    await scratch.write({ 'nxs.yaml': 'node: edge\ndata_dir: ~/mine\n' });
    const file = await scratch.load({ XDG_STATE_HOME: '/x/state' });
    expect([file.node, file.dataDir, file.stateDir]).toEqual([
      'edge',
      join(scratch.home, 'mine'),
      '/x/state/nxs',
    ]);
    const env = await scratch.load({ NXS_NODE: 'cloud', NXS_DATA_DIR: '/d', NXS_STATE_DIR: '~/s' });
    expect([env.node, env.dataDir, env.stateDir]).toEqual(['cloud', '/d', join(scratch.home, 's')]);
    const bare = await scratch.load({ XDG_STATE_HOME: 'relative' });
    expect(bare.stateDir).toBe(join(scratch.home, '.local/state/nxs'));
  });

  it('stand in the files as variables, even when only nxs.yaml gives them', async () => {
    await scratch.write({
      'nxs.yaml': 'node: edge\ndata_dir: "~/of-${NXS_NODE}"\n',
      'healing.yaml': 'healing: { caches: { paths: ["${NXS_DATA_DIR}/cache", "${NXS_STATE_DIR}/x"] } }\n',
    });
    const config = await scratch.load({ NXS_STATE_DIR: '/s' });
    expect(config.dataDir).toBe(join(scratch.home, 'of-edge'));
    expect(config.healing.caches.paths).toEqual([join(config.dataDir, 'cache'), '/s/x']);
  });

  it('refuses a state directory inside the data directory', async () => {
    const { report } = await scratch.fail({ NXS_DATA_DIR: '/d', NXS_STATE_DIR: '/d/state' });
    expect(report).toContain('the state directory (/d/state) lies in the data directory (/d)');
  });

  it('refuses a backup destination inside the data directory', async () => {
    await scratch.write({
      'backup-manifest.yaml':
        'backup:\n  destinations: [{ name: a, type: git, path: "${NXS_DATA_DIR}/b.git" }]\n  files: [{ local: a, remote: a }]\n',
    });
    const { problems } = await scratch.fail();
    expect(problems).toMatchObject([{ line: 2, column: 46, path: 'backup.destinations[0].path' }]);
  });
});

describe('.env', () => {
  it('fills variables, and never goes before the real environment', async () => {
    await scratch.write({ '.env': 'KIMI_API_KEY="sk-from-file"\nNXS_NODE=from-file\n' });
    const config = await scratch.load({ NXS_NODE: 'from-env' });
    expect(config.providers.providers[0]?.api_key).toBe('sk-from-file');
    expect(config.node).toBe('from-env');
    expect(environmentOf(config)).toMatchObject({ KIMI_API_KEY: 'sk-from-file', NXS_NODE: 'from-env' });
    expect(JSON.stringify(config.unset)).toBe('[]');
  });

  it('is refused when others can read it, with the command that mends it', async () => {
    await scratch.write({ '.env': 'KIMI_API_KEY=sk-1234567890\n' });
    await chmod(join(scratch.dir, '.env'), 0o640);
    const { report } = await scratch.fail();
    expect(report).toContain(`(mode 0640)`);
    expect(report).toContain(`chmod 600 ${join(scratch.dir, '.env')}`);
    expect(report).not.toContain('sk-1234567890');
  });

  it('leaves the environment of the process alone', async () => {
    await scratch.write({ '.env': 'NXS_TEST_LEAK=1\n' });
    await scratch.load();
    expect(process.env['NXS_TEST_LEAK']).toBeUndefined();
  });
});

describe('a file that is there but is no good', () => {
  it.each([
    ['is a directory', (path: string) => mkdir(path)],
    ['is a link that leads nowhere', (path: string) => symlink('/nonexistent/x', path)],
    ['is a link that leads to itself', (path: string) => symlink(path, path)],
    ['is not UTF-8 text', (path: string) => writeFile(path, Buffer.from('title: "caf\xe9"\n', 'latin1'))],
    ['holds NUL bytes', (path: string) => writeFile(path, 'a: 1\n\0\0\0\0')],
    ['expected at most 1000000', (path: string) => writeFile(path, '#'.repeat(1_000_001))],
  ])('%s: one sentence, no fallback', async (sentence, make) => {
    await make(join(scratch.dir, 'healing.yaml'));
    const { problems } = await scratch.fail();
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ file: join(scratch.dir, 'healing.yaml'), line: 0, column: 0 });
    expect(problems[0]?.message).toContain(sentence);
  });

  it.skipIf(process.getuid?.() === 0)('cannot be read: one sentence, no fallback', async () => {
    await scratch.write({ 'healing.yaml': 'healing: {}\n' });
    await chmod(join(scratch.dir, 'healing.yaml'), 0o000);
    expect((await scratch.fail()).report).toContain('no permission');
  });

  it('takes a byte order mark and CRLF as they come', async () => {
    await scratch.write({ 'healing.yaml': '\uFEFFhealing:\r\n  interval: 1m\r\n  escalation: literal\r\n' });
    expect((await scratch.load()).healing).toMatchObject({ interval: 60_000, escalation: 'literal' });
  });
});
