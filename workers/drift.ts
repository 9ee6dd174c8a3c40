// The part of `nxs doctor` that looks for what has drifted apart since the start, or since the set-up of the server.
import { readFile } from 'node:fs/promises';
import { TEMPORAL_CLI } from '../adapters/temporal/artifact.js';
import { writtenBy } from '../adapters/temporal/database.js';
import { readServerFacts } from '../adapters/temporal/server-facts.js';
import type { Config } from '../config/types.js';
import { engineDrift, nodeDrift, serverDrift, versionDrift } from '../domain/drift.js';
import { errorMessage } from '../domain/errors.js';
import { taskQueue } from '../domain/ids.js';
import { installedBuild } from './bundle.js';
import type { Check } from './check.js';
import { packageFile, packageVersion } from './package-version.js';
import { reachTemporal } from './reach-temporal.js';
import { livingRun, readRunFile } from './run-file.js';
import { readStuck } from './stuck/file.js';
import { findStuck } from './stuck/find.js';

/** Never throws. What needs Temporal is left out while nothing runs. */
export async function driftChecks(config: Config): Promise<readonly Check[]> {
  const run = livingRun(await readRunFile(config.stateDir));
  const own = await ownDrift(config, run);
  if (run === null && config.nxs.temporal.mode === 'embedded') return own;
  try {
    const reached = await reachTemporal(config);
    const { client } = reached;
    try {
      const [facts, stuck] = await Promise.all([
        readServerFacts(client, taskQueue(config.node)),
        findStuck(client, config.node),
      ]);
      return [...own, ...serverDrift(facts, Date.now()), ...stuckChecks(stuck)];
    } finally {
      await reached.close();
    }
  } catch (error) {
    return [...own, { name: 'Temporal server', reading: 'unknown', detail: errorMessage(error) }];
  }
}

async function ownDrift(
  config: Config,
  run: Awaited<ReturnType<typeof readRunFile>>,
): Promise<readonly Check[]> {
  const { stateDir, nxs } = config;
  const installed = { version: packageVersion(), build: await installedBuild() };
  const { engines } = JSON.parse(await readFile(packageFile(), 'utf8')) as { engines: { node: string } };
  // Of a worker of before this start nothing is known.
  const looked = await readStuck(stateDir);
  const worker = looked !== null && run !== null && looked.at > run.started ? looked.version : null;
  const engine =
    nxs.temporal.mode === 'embedded' ? [engineDrift(await writtenBy(stateDir), TEMPORAL_CLI.version)] : [];
  return [versionDrift(installed, run, worker), nodeDrift(process.version, engines.node), ...engine];
}

function stuckChecks(stuck: Awaited<ReturnType<typeof findStuck>>): readonly Check[] {
  if (stuck.length === 0) return [{ name: 'workflows', reading: 'good', detail: 'all that run go on' }];
  return stuck.map(({ workflow, reason, mend }) => ({
    name: 'workflows',
    reading: 'bad',
    detail: `${workflow} cannot go on: ${reason}; ${mend}`,
  }));
}
