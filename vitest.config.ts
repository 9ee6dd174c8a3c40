import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { configDefaults, defineConfig } from 'vitest/config';

const root = import.meta.dirname;
const long = process.env['NXS_TEST_LONG'] === '1';
const exclude = [...configDefaults.exclude, ...(long ? [] : ['test/**/*.long.test.ts'])];

// Only what talks to Temporal waits for the dev server: a run of pure tests starts at once and needs no binary.
const temporal = 'test/support/temporal.ts';
const engine = testFiles('test').filter(needsTemporal);

export default defineConfig({
  test: {
    // Forks: Temporal's native core does not live in worker threads, and process.env and TZ belong to a process.
    pool: 'forks',
    maxWorkers: Math.max(2, Math.min(4, availableParallelism())),
    setupFiles: ['test/support/seal.ts'],
    testTimeout: long ? 600_000 : 30_000,
    hookTimeout: 60_000,
    slowTestThreshold: 5_000,
    projects: [
      {
        extends: true,
        test: { name: 'plain', include: ['test/**/*.test.ts'], exclude: [...exclude, ...engine] },
      },
      {
        extends: true,
        test: {
          name: 'engine',
          include: engine,
          exclude,
          globalSetup: existsSync(join(root, temporal)) ? [temporal] : [],
        },
      },
    ],
  },
});

function testFiles(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return entry.name === 'node_modules' ? [] : testFiles(path);
    return path.endsWith('.test.ts') ? [path] : [];
  });
}

// The address is provided by test/support/temporal.ts, to a file itself or through a helper named support/temporal-….
function needsTemporal(path: string): boolean {
  return /temporalAddress|support\/temporal/.test(readFileSync(join(root, path), 'utf8'));
}
