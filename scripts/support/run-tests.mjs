// vitest runs as a child: when it dies (out of memory, a native crash) the last line is still printed, as a failure.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from './paths.mjs';

/**
 * @param {readonly string[]} args
 * @returns {Promise<number>} the exit code: 0 only when something passed and nothing failed
 */
export async function runTests(args) {
  const directory = mkdtempSync(join(tmpdir(), 'nxs-counts-'));
  const file = join(directory, 'counts.json');
  const long = args.includes('--long');
  const passed = args.filter((arg) => arg !== '--long' && arg !== '--');
  try {
    const code = await vitest(passed, { NXS_TEST_COUNTS: file, ...(long ? { NXS_TEST_LONG: '1' } : {}) });
    const counts = readCounts(file);
    // An exit code without a failed test: nothing matched, or vitest itself broke.
    const failed = code !== 0 ? Math.max(1, counts.failed) : counts.failed;
    const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
    process.stdout.write(`\n${counts.passed} passed, ${failed} failed${skipped}\n`);
    return failed === 0 ? 0 : 1;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function vitest(args, env) {
  const cli = join(ROOT, 'node_modules/vitest/vitest.mjs');
  const shown = args.some((arg) => arg.startsWith('--reporter')) ? [] : ['--reporter=default'];
  const reporters = [...shown, `--reporter=${join(ROOT, 'scripts/support/count-reporter.mjs')}`];
  const child = spawn(process.execPath, [cli, 'run', ...reporters, ...args], {
    cwd: ROOT,
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, ...env },
  });
  const forward = (signal) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, forward);
  return await new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

function readCounts(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
}
