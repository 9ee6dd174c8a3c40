// The fleet as a command shows it: what this Temporal knows of its nodes, and what this node's last sync knew of the hub's.
import type { Config } from '../../config/types.js';
import { errorMessage } from '../../domain/errors.js';
import { fleetOf, type ClusterNode, type FleetNode, type HubNode } from '../../domain/fleet/fleet.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { lookAtTemporal } from '../reach-temporal.js';
import { readSyncStatus } from '../sync/view.js';
import { clusterNodes } from './cluster.js';
import { withDetails } from './details.js';
import { readForgotten, stillThere } from './forgotten-file.js';

export interface FleetView {
  /** ISO. */
  readonly at: string;
  readonly temporal: {
    readonly reachable: boolean;
    /** Why it is not; null: it is. */
    readonly problem: string | null;
  };
  /** Null: no sync has ended here yet. */
  readonly hub: { readonly url: string; readonly state: string; readonly at: string } | null;
  readonly nodes: readonly FleetNode[];
}

/** ms for all details of all nodes. */
const PATIENCE = 20_000;

export async function viewFleet(config: Config, now: number): Promise<FleetView> {
  const [cluster, sync, forgotten] = await Promise.all([
    clusterOf(config).then(
      (nodes) => ({ nodes, problem: null }),
      (error: unknown) => ({ nodes: [], problem: errorMessage(error) }),
    ),
    readSyncStatus(config).catch(() => null),
    readForgotten(config.stateDir),
  ]);
  return {
    at: new Date(now).toISOString(),
    temporal: { reachable: cluster.problem === null, problem: cluster.problem },
    hub: sync === null ? null : { url: sync.hub, state: sync.state, at: sync.at },
    nodes: fleetOf(config.node, cluster.nodes, stillThere(hubNodes(sync), forgotten), now),
  };
}

async function clusterOf(config: Config): Promise<readonly ClusterNode[]> {
  const reached = await lookAtTemporal(config);
  try {
    return await withDetails(reached.client, await clusterNodes(reached.client), PATIENCE);
  } finally {
    await reached.close();
  }
}

function hubNodes(sync: SyncStatus | null): readonly HubNode[] {
  return (sync?.nodes ?? []).map(({ node, changed }) => ({ node, last_seen: changed }));
}
