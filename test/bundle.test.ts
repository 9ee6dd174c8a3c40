import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { bundleWorkflowCode } from '@temporalio/worker';
import * as workflows from '../workflows/index.js';

// Bundled from the sources without `ignoreModules`: Node anywhere under workflows/ fails here, whatever lint says.

const ROOT = join(import.meta.dirname, '..');
/** Bytes of code without the source map; the SDK's own share is about 800 KB. */
const BUDGET = 1_500_000;

let code = '';

beforeAll(async () => {
  const quiet = { trace() {}, debug() {}, info() {}, warn() {}, error() {}, log() {} };
  const bundle = await bundleWorkflowCode({ workflowsPath: join(ROOT, 'workflows/index.ts'), logger: quiet });
  code = bundle.code.replace(/\n\/\/# sourceMappingURL=.*/, '');
});

describe('the workflow bundle', () => {
  it('loads nothing of Node', () => {
    expect(code).not.toMatch(
      /require\(["'](node:)?(fs|path|os|crypto|child_process|net|http|https|worker_threads)["']\)/,
    );
  });

  it('stays inside its byte budget', () => {
    expect(Buffer.byteLength(code)).toBeLessThan(BUDGET);
  });

  it('holds no adapter, no config and no activity code', () => {
    const modules = [...code.matchAll(/^ {2,}!\*\*\* (\S+) \*\*\*!/gm)].map(([, name]) => name!);
    expect(modules.length).toBeGreaterThan(10);
    expect(modules.filter((name) => /^\.\/(adapters|config|activities|workers|cli)\//.test(name))).toEqual(
      [],
    );
  });

  it('exports every workflow by its name', () => {
    expect(Object.keys(workflows).length).toBeGreaterThan(0);
    for (const name of Object.keys(workflows)) expect(code).toContain(name);
  });

  it('was built into dist/, where the worker finds it', () => {
    const path = join(ROOT, 'dist/workflows.bundle.js');
    expect(existsSync(path)).toBe(true);
    expect(readFileSync(path, 'utf8').length).toBeGreaterThan(100_000);
  });
});
