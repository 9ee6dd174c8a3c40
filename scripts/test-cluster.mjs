// `npm run test:cluster`: a real cluster without docker is brought up (scripts/cluster-local.sh), the cluster suite and the end-to-end
// tests run on it, and it is taken down again. About half an hour on 2 cores, and 6 more the first time, to build the server. Arguments
// go to vitest: `npm run test:cluster -- test/cluster`.
import './support/node-version.mjs';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { runTests } = await import('./support/run-tests.mjs');

await runMain(async () => {
  await bootstrap();
  const directory = mkdtempSync(join(tmpdir(), 'nxs-cluster-'));
  process.env.NXS_CLUSTER_DIR = directory;
  const { down, status, up } = await import('./cluster/cluster.mjs');
  try {
    await up();
    const { address } = status();
    Object.assign(process.env, { NXS_TEST_CLUSTER: directory, NXS_TEST_TEMPORAL: address });
    const asked = process.argv.slice(2);
    const files = asked.length > 0 ? asked : ['test/cluster', 'test/e2e'];
    // One file at a time: the cluster suite kills the server that the others would be working with.
    process.exitCode = await runTests(['--long', '--no-file-parallelism', ...files]);
  } finally {
    await down();
  }
});
