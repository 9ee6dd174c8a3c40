// `npm test`: everything that is missing is set up first; the last line is `N passed, N failed[, N skipped]`, for
// people and machines. `--long` adds the *.long.test.ts files; other arguments go to vitest.
import './support/node-version.mjs';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { runTests } = await import('./support/run-tests.mjs');

await runMain(async () => {
  try {
    await bootstrap();
  } catch (error) {
    // Whoever reads the last line only must not take a set-up that failed for a run without failures.
    process.once('exit', () => process.stdout.write('\n0 passed, 1 failed\n'));
    throw error;
  }
  process.exitCode = await runTests(process.argv.slice(2));
});
