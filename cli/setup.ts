// What most commands begin with: the config, and where Temporal is.
import type { Client } from '@temporalio/client';
import type { Config } from '../config/types.js';
import { NxsError } from '../domain/errors.js';
import type { Context } from './definition.js';

/** Loads the configuration. Throws NxsError CONFIG_INVALID with all problems. */
export async function loadFor(context: Context): Promise<Config> {
  const { loadConfig } = await import('../config/load.js');
  const config = await loadConfig({
    env: context.env,
    ...(context.configDir === undefined ? {} : { dir: context.configDir }),
  });
  for (const warning of config.warnings) context.note(`warning: ${warning}`);
  return config;
}

export interface Reached {
  readonly client: Client;
  readonly namespace: string;
  /** Base URL of the web UI; null when we do not know one. */
  readonly ui: string | null;
  close(): Promise<void>;
}

/** Connects to the control plane's Temporal. Throws NxsError TEMPORAL_UNREACHABLE. */
export async function reachTemporal(config: Config): Promise<Reached> {
  const { connectTemporal } = await import('../adapters/temporal/connect.js');
  const { configuredTarget, embeddedTarget } = await import('../adapters/temporal/target.js');
  const { readRunFile } = await import('../workers/run-file.js');
  const running = livingRun(await readRunFile(config.stateDir));
  const configured = configuredTarget(config.nxs.temporal);
  const target = configured ?? (running === null ? null : embeddedTarget(running.temporal));
  if (target === null) {
    throw new NxsError(
      'TEMPORAL_UNREACHABLE',
      `No control plane is running on the state directory ${config.stateDir}.`,
    );
  }
  const { client, close } = await connectTemporal(target);
  return { client, namespace: target.namespace, ui: running?.ui ?? null, close };
}

/** A run.json whose process is gone belongs to a control plane that was killed; its Temporal may linger, with no worker. */
function livingRun<T extends { readonly pid: number }>(run: T | null): T | null {
  if (run === null) return null;
  try {
    process.kill(run.pid, 0);
    return run;
  } catch {
    return null;
  }
}

/** A sentence when a configuration file is younger than the running control plane, which read it at its start; else null. */
export async function staleConfig(config: Config): Promise<string | null> {
  const { stat } = await import('node:fs/promises');
  const { readRunFile } = await import('../workers/run-file.js');
  const run = await readRunFile(config.stateDir);
  if (run === null) return null;
  const since = Date.parse(run.started);
  for (const { path, origin } of Object.values(config.files)) {
    const changed = origin === 'user' ? (await stat(path).catch(() => null))?.mtimeMs : undefined;
    if (changed !== undefined && changed > since) {
      return `${path} was changed after the control plane started; it still uses the old one until it is restarted`;
    }
  }
  return null;
}

/** Link of one run in the web UI, or null when we do not know where the UI is. */
export function workflowLink(reached: Reached, workflowId: string, runId: string): string | null {
  if (reached.ui === null) return null;
  const base = reached.ui.replace(/\/$/, '');
  return `${base}/namespaces/${reached.namespace}/workflows/${encodeURIComponent(workflowId)}/${runId}/history`;
}
