import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

// A real vitest in a scratch project: "0 failed" must never stand over something that did not run.

const ROOT = join(import.meta.dirname, '../..');
const HEAD = "import { beforeAll, describe, expect, it } from 'vitest';\n";

function count(source: string): { readonly counts: unknown; readonly status: number | null } {
  const project = mkdtempSync(join(tmpdir(), 'project-'));
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  writeFileSync(join(project, 'a.test.mjs'), HEAD + source);
  const file = join(project, 'counts.json');
  const reporter = `--reporter=${join(ROOT, 'scripts/support/count-reporter.mjs')}`;
  const args = [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--root', project, reporter];
  const env = { ...process.env, NXS_TEST_COUNTS: file };
  const { status } = spawnSync(process.execPath, args, { cwd: project, env, stdio: 'ignore' });
  return { status, counts: JSON.parse(readFileSync(file, 'utf8')) as unknown };
}

describe('the counts of the last line', () => {
  it.each([
    [
      'passed, failed and skipped tests',
      "it('a', () => {}); it('b', () => expect(1).toBe(2)); it.skip('c', () => {}); it.todo('d');",
      [1, 1, 2],
    ],
    ['a file that cannot load as one failure', "await import('./gone.mjs'); it('a', () => {});", [0, 1, 0]],
    [
      'a hook that throws as one failure',
      "describe('s', () => { beforeAll(() => { throw new Error('no'); }); it('a', () => {}); });",
      [0, 1, 1],
    ],
    [
      'an error that nobody caught as one failure',
      "it('a', async () => { void Promise.reject(new Error('late')); await new Promise((r) => setTimeout(r, 20)); });",
      [1, 1, 0],
    ],
  ])('take %s', (_name, source, [passed, failed, skipped]) => {
    const { counts, status } = count(source);
    expect(counts).toEqual({ passed, failed, skipped });
    expect(status).toBe(failed === 0 ? 0 : 1);
  });
});
