import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';

const SCRIPTS = join(import.meta.dirname, '../../scripts');

interface Packages {
  readonly packagesInStep: (root: string) => boolean;
  readonly installPackages: (root: string) => Promise<void>;
}
interface Stamp {
  readonly sourceDigest: (root: string) => string;
  readonly buildInStep: (root: string, stampPath: string) => boolean;
}
const { packagesInStep, installPackages } = (await import(join(SCRIPTS, 'support/packages.mjs'))) as Packages;
const { sourceDigest, buildInStep } = (await import(join(SCRIPTS, 'support/stamp.mjs'))) as Stamp;

let root = '';
const put = (path: string, content: unknown): void => {
  mkdirSync(join(root, path, '..'), { recursive: true });
  writeFileSync(join(root, path), typeof content === 'string' ? content : JSON.stringify(content));
};

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'clone-'));
});

describe('the Node version check', () => {
  it.each([
    ['18.20.0', 2],
    ['20.2.9', 2],
    ['20.3.0', 0],
    ['22.0.0', 0],
  ])('Node %s ends with exit code %i', (version, code) => {
    const source = readFileSync(join(SCRIPTS, 'support/node-version.mjs'), 'utf8');
    const pretend = `const process = { versions: { node: '${version}' }, exit: globalThis.process.exit, stderr: globalThis.process.stderr };\n`;
    const run = spawnSync(process.execPath, ['--input-type=module'], {
      input: pretend + source,
      encoding: 'utf8',
    });
    expect(run.status).toBe(code);
    expect(run.stderr.split('\n').filter((line) => line !== '')).toHaveLength(code === 0 ? 0 : 1);
  });
});

describe('packages in step', () => {
  const lock = {
    packages: {
      '': { version: '0.1.0' },
      'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
      'node_modules/elsewhere': { version: '1.0.0', integrity: 'sha512-b', optional: true },
    },
  };
  const installed = { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' } } };

  it('is false without node_modules, and after an npm ci that was cut short', () => {
    put('package-lock.json', lock);
    expect(packagesInStep(root)).toBe(false);
    put('node_modules/a/package.json', { version: '1.0.0' });
    expect(packagesInStep(root)).toBe(false);
  });

  it('is true when each package has the version of the lock file, though the times say otherwise', () => {
    put('node_modules/.package-lock.json', installed);
    put('package-lock.json', lock);
    expect(packagesInStep(root)).toBe(true);
    expect(packagesInStep(root)).toBe(true);
  });

  it('is false again when the lock file asks for another version', () => {
    put('node_modules/.package-lock.json', installed);
    put('package-lock.json', lock);
    expect(packagesInStep(root)).toBe(true);
    put('package-lock.json', { packages: { 'node_modules/a': { version: '1.0.1', integrity: 'sha512-c' } } });
    expect(packagesInStep(root)).toBe(false);
  });

  it('is false when a package was removed behind the stamp', () => {
    put('node_modules/.package-lock.json', installed);
    put('package-lock.json', lock);
    expect(packagesInStep(root)).toBe(true);
    put('node_modules/.package-lock.json', { packages: {} });
    expect(packagesInStep(root)).toBe(false);
  });

  it('is false for a node_modules of another platform', () => {
    put('node_modules/.package-lock.json', installed);
    put('package-lock.json', lock);
    expect(packagesInStep(root)).toBe(true);
    const stamp = join(root, 'node_modules/.nxs-installed.json');
    const recorded = JSON.parse(readFileSync(stamp, 'utf8')) as object;
    writeFileSync(stamp, JSON.stringify({ ...recorded, platform: 'plan9-mips' }));
    expect(packagesInStep(root)).toBe(false);
  });
});

describe('npm ci', () => {
  it('that fails is one clear sentence with what npm said', async () => {
    const version = { lockfileVersion: 3, name: 'x', version: '1.0.0' };
    const entry = { version: '1.0.0', resolved: 'http://127.0.0.1:9/gone.tgz', integrity: 'sha512-AAAA' };
    put('package.json', { name: 'x', version: '1.0.0', dependencies: { gone: '1.0.0' } });
    put('package-lock.json', {
      ...version,
      packages: { '': { ...version, dependencies: { gone: '1.0.0' } }, 'node_modules/gone': entry },
    });
    put('.npmrc', 'fetch-retries=0\nregistry=http://127.0.0.1:9/\n');
    await expect(installPackages(root)).rejects.toThrow(
      /^npm ci failed \(exit 1\);.+\n.*ECONNREFUSED 127\.0\.0\.1:9/s,
    );
    expect(packagesInStep(root)).toBe(false);
  });

  it('that succeeds leaves the packages in step', async () => {
    put('package.json', { name: 'x', version: '1.0.0' });
    put('package-lock.json', {
      lockfileVersion: 3,
      name: 'x',
      version: '1.0.0',
      packages: { '': { name: 'x', version: '1.0.0' } },
    });
    mkdirSync(join(root, 'node_modules'));
    await installPackages(root);
    put('node_modules/.package-lock.json', { packages: {} });
    expect(packagesInStep(root)).toBe(true);
  });
});

describe('build in step', () => {
  const stamp = (): string => join(root, 'dist/.stamp.json');
  const build = (): void =>
    put('dist/.stamp.json', { sources: sourceDigest(root), outputs: ['dist/domain/a.js'] });

  beforeEach(() => {
    for (const file of [
      'package-lock.json',
      'tsconfig.json',
      'scripts/build.mjs',
      'scripts/support/compile.mjs',
    ])
      put(file, '{}');
    put('domain/a.ts', 'export const a = 1;');
    put('dist/domain/a.js', 'export const a = 1;');
  });

  it('is false before the first build and true after it', () => {
    expect(buildInStep(root, stamp())).toBe(false);
    build();
    expect(buildInStep(root, stamp())).toBe(true);
  });

  it.each([
    ['an edited source', () => put('domain/a.ts', 'export const a = 2;')],
    ['a new source', () => put('workers/b.ts', 'export const b = 1;')],
    ['a removed source', () => rmSync(join(root, 'domain/a.ts'))],
    ['a new lock file', () => put('package-lock.json', '{"x":1}')],
    ['a removed output', () => rmSync(join(root, 'dist/domain/a.js'))],
    ['a torn stamp', () => put('dist/.stamp.json', '{"sources":')],
  ])('is false after %s', (_name, change) => {
    build();
    change();
    expect(buildInStep(root, stamp())).toBe(false);
  });

  it('stays true when only the times of the sources change', () => {
    build();
    put('domain/a.ts', 'export const a = 1;');
    expect(buildInStep(root, stamp())).toBe(true);
  });
});
