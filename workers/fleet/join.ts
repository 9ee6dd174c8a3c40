// A machine that joins: its settings are tried from where they will stand, and written only when nothing speaks against them.
import { copyFile, mkdir, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { connectTemporal } from '../../adapters/temporal/connect.js';
import { pollersOf } from '../../adapters/temporal/pollers.js';
import { configuredTarget, type TemporalTarget } from '../../adapters/temporal/target.js';
import { loadConfig } from '../../config/load.js';
import type { Config } from '../../config/types.js';
import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';
import { rivalBefore } from '../../domain/fleet/rivals.js';
import { healingWorkflowId, taskQueue } from '../../domain/ids.js';
import type { Check } from '../check.js';
import { syncPorts, UNHEARD } from '../sync/parts.js';
import { ownIdentity } from './own-identity.js';

/** Loads the settings as they will be: this nxs.yaml beside the files that are in `dir` already. Throws NxsError CONFIG_INVALID. */
export async function rehearse(dir: string, yaml: string, env: NodeJS.ProcessEnv): Promise<Config> {
  const scratch = await mkdtemp(path.join(tmpdir(), 'nxs-join-'));
  try {
    await writeFile(path.join(scratch, 'nxs.yaml'), yaml, { mode: 0o600 });
    await copyFile(path.join(dir, '.env'), path.join(scratch, '.env')).catch(() => undefined);
    return await loadConfig({ env, dir: scratch, tolerant: true });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** Is Temporal in reach, is the name free there, is the hub in reach? Never rejects. */
export async function joinChecks(config: Config): Promise<readonly Check[]> {
  const unset = config.unset.filter(({ file }) => file === 'nxs');
  const missing = unset.map(({ path: key, variable }): Check => ({
    name: 'secrets',
    reading: 'bad',
    detail: `${variable} has no value (for ${key}): put it into .env or the environment`,
  }));
  const target = configuredTarget(config.nxs.temporal);
  const [temporal, hub] = await Promise.all([
    target === null ? [] : temporalChecks(config, target),
    hubChecks(config),
  ]);
  return [...missing, ...temporal, ...hub];
}

async function temporalChecks({ node, stateDir }: Config, target: TemporalTarget): Promise<readonly Check[]> {
  try {
    const { client, close } = await connectTemporal(target);
    try {
      const { namespace } = target;
      const service = client.connection.workflowService;
      await service.describeNamespace({ namespace });
      const reached: Check = {
        name: 'Temporal',
        reading: 'good',
        detail: `${target.address}, namespace ${namespace}`,
      };
      const self = await ownIdentity(node, stateDir);
      const rival = rivalBefore(self, await pollersOf(service, namespace, taskQueue(node)), Date.now(), null);
      if (rival !== null)
        return [
          reached,
          { name: 'node name', reading: 'bad', detail: `"${node}" is taken by a worker on ${rival.host}` },
        ];
      const before = await client.workflow
        .getHandle(healingWorkflowId(node))
        .describe()
        .catch(() => null);
      const known = before !== null && before.status.name === 'RUNNING';
      const detail = known
        ? `"${node}" was used before, and its machine is silent: this one takes its place`
        : `"${node}" is free`;
      return [reached, { name: 'node name', reading: known ? 'unknown' : 'good', detail }];
    } finally {
      await close();
    }
  } catch (error) {
    const missing = /namespace .*not found/i.test(errorMessage(error));
    const detail = missing
      ? `there is no namespace ${target.namespace} at ${target.address}`
      : errorMessage(error);
    return [{ name: 'Temporal', reading: 'bad', detail }];
  }
}

async function hubChecks(config: Config): Promise<readonly Check[]> {
  const { remote } = config.nxs.sync;
  if (remote === undefined) return [];
  try {
    const tip = await syncPorts(config, UNHEARD).hub.tip(AbortSignal.timeout(20_000));
    return [
      { name: 'hub', reading: 'good', detail: tip === null ? 'in reach, nothing is in it yet' : 'in reach' },
    ];
  } catch (error) {
    return [{ name: 'hub', reading: 'bad', detail: errorMessage(error) }];
  }
}

/** Writes it; what is there stays. Throws NxsError CONFIG_INVALID. */
export async function writeMembership(dir: string, yaml: string): Promise<string> {
  const file = path.join(dir, 'nxs.yaml');
  try {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    const handle = await open(file, 'wx', 0o600);
    try {
      await handle.writeFile(yaml);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return file;
  } catch (error) {
    throw errnoOf(error) === 'EEXIST'
      ? alreadyThere(file)
      : new NxsError('CONFIG_INVALID', `${file} cannot be written: ${errorMessage(error)}`);
  }
}

export function alreadyThere(file: string): NxsError {
  const advice = 'move it away, or change `node`, `temporal` and `sync` in it by hand and start nxs anew';
  return new NxsError('CONFIG_INVALID', `${file} is there already and stays as it is: ${advice}.`, { file });
}
