// What most commands begin with: the config, and where Temporal is.
import { join } from 'node:path';
import type { Config } from '../config/types.js';
import type { Reached } from '../workers/reach-temporal.js';
import type { Context } from './definition.js';

/**
 * Loads the configuration. Throws NxsError CONFIG_INVALID with all problems; those of the page alone are warnings, unless `strict`.
 */
export async function loadFor(context: Context, strict = false): Promise<Config> {
  const { loadConfig } = await import('../config/load.js');
  const config = await loadConfig({
    env: context.env,
    tolerant: !strict,
    ...(context.configDir === undefined ? {} : { dir: context.configDir }),
  });
  for (const warning of config.warnings) context.note(`warning: ${warning}`);
  return config;
}

export type { Reached } from '../workers/reach-temporal.js';

/** Connects to the control plane's Temporal. Throws NxsError TEMPORAL_UNREACHABLE. */
export async function reachTemporal(config: Config): Promise<Reached> {
  const { reachTemporal: reach } = await import('../workers/reach-temporal.js');
  return reach(config);
}

/** A sentence when a configuration file is younger than what the running control plane has in force; else null. */
export async function staleConfig(config: Config): Promise<string | null> {
  const { stat } = await import('node:fs/promises');
  const { readRunFile } = await import('../workers/run-file.js');
  const run = await readRunFile(config.stateDir);
  if (run === null) return null;
  const since = Date.parse(run.configured ?? run.started);
  const own = Object.values(config.files).flatMap(({ path, origin }) => (origin === 'user' ? [path] : []));
  const secrets = config.dirs.map((dir) => join(dir, '.env'));
  for (const path of [...own, ...secrets]) {
    const changed = (await stat(path).catch(() => null))?.mtimeMs;
    if (changed !== undefined && changed > since) {
      return `${path} was changed after the control plane read it; the old one is in force until: nxs config reload`;
    }
  }
  return null;
}
