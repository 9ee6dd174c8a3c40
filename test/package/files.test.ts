import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ensureBuilt, ROOT } from '../support/e2e-cli.js';

// What `npm pack` would take, without making it. installed.long.test.ts makes, installs and runs it.

interface Packed {
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string; readonly mode: number }[];
}

/** Bytes on disk, without dependencies: 3 MB of it is the workflow bundle with its source map. */
const BUDGET = 7_500_000;

const ENTRIES = [
  'CHANGELOG.md',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'bin',
  'config',
  'dashboard',
  'deploy',
  'dist',
  'docker-compose.temporal.yml',
  'docs',
  'package.json',
  'scripts',
];

let packed: Packed;
let paths: readonly string[] = [];

beforeAll(() => {
  ensureBuilt();
  const args = ['pack', '--dry-run', '--json', '--ignore-scripts', '--offline', '--loglevel=error'];
  const run = spawnSync('npm', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 16 * 1024 * 1024 });
  packed = (JSON.parse(run.stdout) as readonly Packed[])[0]!;
  paths = packed.files.map(({ path }) => path);
}, 60_000);

describe('the tarball', () => {
  it('has exactly these entries at its top', () => {
    const top = [...new Set(paths.map((path) => path.split('/')[0]!))];
    // Made while packing, and only then.
    expect(top.filter((name) => name !== 'npm-shrinkwrap.json').sort()).toEqual(ENTRIES);
    expect(paths.filter((path) => path.startsWith('scripts/'))).toEqual(['scripts/support/node-version.mjs']);
  });

  it('has no test, no bench, no source and no mark of this clone', () => {
    const unwanted = paths.filter(
      (path) =>
        /(^|\/)(test|bench|node_modules)\//.test(path) ||
        (path.endsWith('.ts') && !path.endsWith('.d.ts')) ||
        /(^|\/)\.|\.(map|log|tmp|lock|tgz)$/.test(path),
    );
    expect(unwanted).toEqual([]);
  });

  it('has the build of every source that runs, and its bundle', () => {
    const stamp = JSON.parse(readFileSync(join(ROOT, 'dist/.stamp.json'), 'utf8')) as { outputs: string[] };
    const built = [...stamp.outputs, 'dist/workflows.bundle.js.sha256'];
    const wanted = built.filter((path) => !path.startsWith('dist/bench/'));
    expect(wanted.filter((path) => !paths.includes(path))).toEqual([]);
    expect(wanted.length).toBeGreaterThan(500);
  });

  it('has the defaults and every page that another page of it links to', () => {
    for (const name of ['nxs', 'providers', 'backup-manifest', 'sync-manifest', 'healing'])
      expect(paths).toContain(`config/${name}.yaml`);
    const pages = paths.filter((path) => /^docs\/.+\.md$/.test(path));
    const named = pages.flatMap((page) =>
      [...readFileSync(join(ROOT, page), 'utf8').matchAll(/\]\(((?:\.\.\/)?[\w/.-]+)/g)].map(([, link]) =>
        join(dirname(page), link!),
      ),
    );
    const ours = named.filter((link) => existsSync(join(ROOT, link)) && statSync(join(ROOT, link)).isFile());
    const absent = ours.filter(
      (link) =>
        !paths.includes(link) && !/^(docs\/(decisions|images)|bench|test|scripts|workers)\//.test(link),
    );
    expect([...new Set(absent)]).toEqual([]);
    expect(pages.length).toBeGreaterThan(10);
  });

  it('has what the page loads, stays inside its size, and its commands can be run', () => {
    expect(paths.filter((path) => path.startsWith('dashboard/')).sort()).toEqual([
      'dashboard/assets/page.css',
      'dashboard/assets/page.js',
    ]);
    expect(packed.unpackedSize).toBeLessThan(BUDGET);
    for (const { path, mode } of packed.files)
      if (path.startsWith('bin/')) expect([path, mode & 0o111]).toEqual([path, 0o111]);
  });
});
