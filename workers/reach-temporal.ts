// The way to the control plane's Temporal, for commands and for pages that act.
import type { Client } from '@temporalio/client';
import { connectTemporal } from '../adapters/temporal/connect.js';
import { configuredTarget, embeddedTarget } from '../adapters/temporal/target.js';
import type { Config } from '../config/types.js';
import { NxsError } from '../domain/errors.js';
import { refuseWhenTaken } from './fleet/taken-file.js';
import { readRunFile } from './run-file.js';

export interface Reached {
  readonly client: Client;
  readonly namespace: string;
  /** Base URL of the web UI; null when we do not know one. */
  readonly ui: string | null;
  close(): Promise<void>;
}

/**
 * Connects to the control plane's Temporal, to have something done there by this node. Throws NxsError TEMPORAL_UNREACHABLE, or NODE_TAKEN
 * while another machine works under the name of this node.
 */
export async function reachTemporal(config: Pick<Config, 'stateDir' | 'nxs' | 'node'>): Promise<Reached> {
  await refuseWhenTaken(config);
  return lookAtTemporal(config);
}

/** The same to look only: it is there whoever works under our name. Throws NxsError TEMPORAL_UNREACHABLE. */
export async function lookAtTemporal(config: Pick<Config, 'stateDir' | 'nxs'>): Promise<Reached> {
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
export function livingRun<T extends { readonly pid: number }>(run: T | null): T | null {
  if (run === null) return null;
  try {
    process.kill(run.pid, 0);
    return run;
  } catch {
    return null;
  }
}
