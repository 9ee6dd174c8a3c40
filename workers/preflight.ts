// What can be known before anything runs: is this machine fit, and are the destinations in reach?
import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Config } from '../config/types.js';
import { errorMessage } from '../domain/errors.js';
import { plural } from '../domain/backup/record.js';
import { backupPorts, SILENT } from './backup-parts.js';
import type { Check } from './check.js';
import { driftChecks } from './drift.js';
import { providerChecks } from './failover/checks.js';
import { hostChecks } from './healing/foresight.js';
import { encryptionCheck } from './codec/check.js';
import { readReadiness } from './readiness.js';

const run = promisify(execFile);

/** Below this the state directory is too full to work in. */
const LOW_SPACE = 500 * 1024 * 1024;

/** All checks, in the order a person would make them. Never throws. */
export async function preflight(config: Config, env: NodeJS.ProcessEnv): Promise<readonly Check[]> {
  const ports = backupPorts(config, SILENT);
  const destinations = ports.destinations.map(async (each): Promise<Check> => {
    const name = `backup: ${each.name}`;
    if (each.state === 'not_configured')
      return { name, reading: 'bad', detail: `not configured: ${each.note}` };
    const { state, detail, sameDisk } = await each.store.access(config.dataDir);
    const disk = sameDisk === true ? ' It is on the same disk as the data.' : '';
    return {
      name,
      reading: state === 'ok' || state === 'absent' ? 'good' : 'bad',
      detail: `${detail}${disk}`,
    };
  });
  const checks = [
    guarded('git', git),
    guarded('config', () => Promise.resolve(configCheck(config))),
    guarded('data directory', () => dataDirectory(config.dataDir, config.stateDir)),
    guarded('state directory', () => stateDirectory(config.stateDir)),
    guarded('control plane', () => controlPlane(config)),
    ...destinations.map((check, index) =>
      guarded(`backup: ${ports.destinations[index]?.name ?? ''}`, () => check),
    ),
    guarded('Temporal is open to this machine', () => Promise.resolve(openTemporal(config))),
    guarded('encryption', () => encryptionCheck(config)),
  ];
  const [own, drift, providers, host] = await Promise.all([
    Promise.all(checks),
    driftChecks(config),
    providerChecks(config, env),
    hostChecks(config),
  ]);
  return [...own, ...drift, ...providers, ...host];
}

async function guarded(name: string, check: () => Promise<Omit<Check, 'name'>>): Promise<Check> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, reading: 'bad', detail: errorMessage(error) };
  }
}

async function git(): Promise<Omit<Check, 'name'>> {
  const { stdout } = await run('git', ['--version']);
  return { reading: 'good', detail: stdout.trim() };
}

function configCheck(config: Config): Omit<Check, 'name'> {
  const own = Object.values(config.files).filter(({ origin }) => origin === 'user').length;
  const unset = config.unset.map(({ variable }) => variable);
  const missing = unset.length === 0 ? '' : `; not set: ${[...new Set(unset)].join(', ')}`;
  return { reading: 'good', detail: `${plural(own, 'file')} of yours, the others are defaults${missing}` };
}

async function dataDirectory(dir: string, stateDir: string): Promise<Omit<Check, 'name'>> {
  const stats = await stat(dir).catch(() => null);
  const isNew = stats === null && (await stat(stateDir).catch(() => null)) === null;
  if (isNew) return { reading: 'good', detail: `${dir} is made at the first start` };
  if (stats === null)
    return {
      reading: 'bad',
      detail: `${dir} does not exist; the first start makes it when nothing was ever backed up`,
    };
  if (!stats.isDirectory()) return { reading: 'bad', detail: `${dir} is not a directory` };
  await access(dir, constants.R_OK | constants.X_OK);
  return { reading: 'good', detail: dir };
}

async function stateDirectory(dir: string): Promise<Omit<Check, 'name'>> {
  const stats = await stat(dir).catch(() => null);
  if (stats === null) return { reading: 'good', detail: `${dir} is made at the first start` };
  if ((stats.mode & 0o077) !== 0)
    return { reading: 'bad', detail: `${dir} is open to others: chmod 700 ${dir}` };
  await access(dir, constants.W_OK);
  const { bavail, bsize } = await statfs(dir);
  const free = bavail * bsize;
  const detail = `${dir}, ${Math.round(free / 1024 / 1024)} MB free`;
  return { reading: free < LOW_SPACE ? 'bad' : 'good', detail };
}

async function controlPlane(config: Config): Promise<Omit<Check, 'name'>> {
  const front = await readReadiness(config);
  if (front.kind === 'none')
    return { reading: 'unknown', detail: 'not running on this state directory (start it with: nxs up)' };
  const { pid, http } = front.run;
  if (front.kind === 'silent') return { reading: 'bad', detail: `process ${pid} does not answer at ${http}` };
  if (front.ready) return { reading: 'good', detail: `ready, process ${pid}, ${http}` };
  const why = front.detail === null ? '' : ` (${front.detail})`;
  return { reading: 'bad', detail: `not ready: ${front.failing.join(', ')}${why}` };
}

function openTemporal(config: Config): Omit<Check, 'name'> {
  if (config.nxs.temporal.mode === 'external') {
    return { reading: 'good', detail: `an external server, ${config.nxs.temporal.address}` };
  }
  return {
    reading: 'good',
    detail:
      'the embedded server listens on loopback only; every local user can reach it (see docs/operations.md)',
  };
}
