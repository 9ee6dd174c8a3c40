import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/e2e-cli.js';

interface Manifest {
  readonly private?: boolean;
  readonly license: string;
  readonly engines: { readonly node: string };
  readonly bin: Readonly<Record<string, string>>;
  readonly scripts: Readonly<Record<string, string>>;
  readonly dependencies: Readonly<Record<string, string>>;
  readonly overrides?: object;
}
interface Entry {
  readonly dev?: boolean;
  readonly license?: string;
  readonly version: string;
}
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));
const manifest = read('package.json') as Manifest;
const lock = read('package-lock.json') as { readonly packages: Readonly<Record<string, Entry>> };
const script = async <T>(path: string): Promise<T> => (await import(join(ROOT, 'scripts', path))) as T;

const { shrinkwrapOf } = await script<{
  readonly shrinkwrapOf: (value: object) => {
    readonly packages: Readonly<Record<string, Entry & { readonly devDependencies?: object }>>;
  };
}>('support/shrinkwrap.mjs');
const { declarationsOf } = await script<{
  readonly declarationsOf: (root: string) => Promise<readonly (readonly [string, string])[]>;
}>('support/declarations.mjs');
const { ALLOWED, refusedLicences } = await script<{
  readonly ALLOWED: ReadonlySet<string>;
  readonly refusedLicences: (
    packages: readonly { readonly name: string; readonly licence: string | undefined }[],
  ) => readonly string[];
}>('support/licences.mjs');

describe('package.json', () => {
  it('may be published, and runs nothing of ours at its installation', () => {
    expect(manifest.private).toBeUndefined();
    expect(manifest.license).toBe('MIT');
    const hooks = ['preinstall', 'install', 'postinstall', 'prepare', 'prepublish'];
    expect(hooks.filter((name) => name in manifest.scripts)).toEqual([]);
  });

  it('has a command of its own name, which is what npx runs', () => {
    expect(manifest.bin).toEqual({
      nxs: 'bin/nxs',
      'nxs-provider': 'bin/nxs-provider',
      'nxs-resilience': 'bin/nxs',
    });
  });

  it('names one version of the SDK: the workflow bundle is made with it and refused with another', () => {
    const sdk = Object.entries(manifest.dependencies).filter(([name]) => name.startsWith('@temporalio/'));
    const installed = sdk.map(([name]) => [name, lock.packages[`node_modules/${name}`]?.version]);
    expect(sdk).toEqual(installed);
    expect(new Set(sdk.map(([, version]) => version)).size).toBe(1);
  });

  it('holds its own packages back by naming them: overrides count only in a clone', () => {
    expect(manifest.overrides).toBeUndefined();
  });

  it('asks for the Node that the commands ask for', () => {
    const source = readFileSync(join(ROOT, 'scripts/support/node-version.mjs'), 'utf8');
    const [, major, minor] = /LEAST = \[(\d+), (\d+)\]/.exec(source) ?? [];
    expect(manifest.engines.node).toBe(`>=${major ?? ''}.${minor ?? ''}`);
  });
});

describe('the packages of an installation', () => {
  it('are those of the lock file without development ones', () => {
    const { packages } = shrinkwrapOf(lock);
    expect(packages['']?.devDependencies).toBeUndefined();
    expect(packages['node_modules/vitest']).toBeUndefined();
    const kept = Object.keys(lock.packages).filter((path) => lock.packages[path]?.dev !== true);
    expect(Object.keys(packages)).toEqual(kept);
  });

  it('have licences that allow to pass them on with ours', () => {
    const shipped = Object.entries(lock.packages).filter(([path, { dev }]) => path !== '' && dev !== true);
    const packages = shipped.map(([path, { license }]) => ({
      name: path.slice(path.lastIndexOf('node_modules/') + 13),
      licence: license,
    }));
    expect(refusedLicences(packages)).toEqual([]);
  });

  it.each([
    ['GPL-3.0-only', true],
    ['(MIT OR GPL-3.0-only)', false],
    ['MIT AND GPL-3.0-only', true],
    ['Apache-2.0 AND MIT', false],
    ['SEE LICENSE IN x', true],
    [undefined, true],
  ])('with the licence %s: refused is %s', (licence, refused) => {
    expect(refusedLicences([{ name: 'x', licence }])).toHaveLength(refused ? 1 : 0);
    expect(ALLOWED.has('MIT')).toBe(true);
  });
});

describe('the types of the public entry', async () => {
  const files = await declarationsOf(ROOT);

  it('need nothing but each other', () => {
    const names = new Set(files.map(([path]) => path.replace(/^api\//, './').replace(/\.d\.ts$/, '.js')));
    const imported = files.flatMap(([, text]) =>
      [...text.matchAll(/from '([^']+)'/g)].map(([, from]) => from!),
    );
    expect(imported.filter((from) => !names.has(from))).toEqual([]);
    const all = files.map(([, text]) => text).join('\n');
    expect(all).not.toMatch(/NodeJS\.|Buffer|import\(/);
  });

  it('say of everything that is exported what it is', () => {
    const silent = files.flatMap(([path, text]) =>
      [...text.matchAll(/(\*\/\n)?export (?:declare )?(?:function|interface|type|const) (\w+)/g)]
        .filter(([, comment]) => comment === undefined)
        .map(([, , name]) => `${path} ${name ?? ''}`),
    );
    expect(silent).toEqual([]);
  });
});
