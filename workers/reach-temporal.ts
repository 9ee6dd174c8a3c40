// The way to the control plane's Temporal, for commands and for pages that act.
import type { Client } from '@temporalio/client';
import { connectTemporal } from '../adapters/temporal/connect.js';
import { configuredTarget, configuredUi, embeddedTarget } from '../adapters/temporal/target.js';
import { payloadKeys } from '../adapters/temporal/payload-key.js';
import type { Config } from '../config/types.js';
import { NxsError } from '../domain/errors.js';
import { refuseWhenTaken } from './fleet/taken-file.js';
import { livingRun, readRunFile } from './run-file.js';

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
  const target =
    configured ??
    (running === null ? null : embeddedTarget(running.temporal, payloadKeys(config.nxs.temporal)));
  if (target === null) {
    throw new NxsError(
      'TEMPORAL_UNREACHABLE',
      `No control plane is running on the state directory ${config.stateDir}.`,
    );
  }
  const { client, close } = await connectTemporal(target);
  const ui = running?.ui ?? configuredUi(config.nxs.temporal);
  return { client, namespace: target.namespace, ui, close };
}
