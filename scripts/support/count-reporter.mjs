// Counts for the last line of `npm test`. A file that cannot load, a hook that throws and an error that nobody
// caught have no test of their own; each counts as one failure, or "0 failed" would be printed over them.
import { writeFileSync } from 'node:fs';

export default class CountReporter {
  /** @param {readonly any[]} modules @param {readonly unknown[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    const counts = { passed: 0, failed: unhandled.length, skipped: 0 };
    for (const module of modules) {
      for (const suite of [module, ...module.children.allSuites()])
        counts.failed += suite.errors().length > 0 ? 1 : 0;
      for (const test of module.children.allTests()) counts[test.result().state] += 1;
    }
    const { passed, failed, skipped } = counts;
    const file = process.env.NXS_TEST_COUNTS;
    if (file !== undefined) writeFileSync(file, JSON.stringify({ passed, failed, skipped }));
  }
}
