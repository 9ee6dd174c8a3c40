// Control planes on a cluster that runs already (NXS_TEST_TEMPORAL=HOST:PORT, scripts/cluster-local.sh). Every place gets a namespace of
// its own: nodes of all tests are called "home", and two of them would be one on a shared one.
import { Connection } from '@temporalio/client';
import { randomUUID } from 'node:crypto';
import type { Place } from './e2e-place.js';
import { until } from './until.js';

export interface ClusterTarget {
  readonly address: string;
  /** "default" when left out. */
  readonly namespace?: string;
  readonly tls?: object;
  readonly api_key?: string;
  /** For links; the local cluster has none. */
  readonly ui_url?: string;
}

const ADDRESS = process.env['NXS_TEST_TEMPORAL'];

/** True when control planes of this run have no engine of their own. */
export const onCluster = ADDRESS !== undefined;

const DAY_S = 24 * 60 * 60;
const targets = new Map<string, Promise<ClusterTarget>>();

/** What stands under `temporal:` for a place: what the test wants, else its own namespace on the cluster of this run; null without one. */
export function clusterTarget(place: Place, wanted?: ClusterTarget): Promise<ClusterTarget | null> {
  if (wanted !== undefined) return Promise.resolve(wanted);
  if (ADDRESS === undefined) return Promise.resolve(null);
  const known = targets.get(place.root) ?? makeNamespace(ADDRESS);
  targets.set(place.root, known);
  return known;
}

/** A new, empty namespace without search attributes, as a cluster's owner hands one over. */
async function makeNamespace(address: string): Promise<ClusterTarget> {
  const namespace = `nxs-test-${randomUUID().slice(0, 8)}`;
  const connection = await Connection.connect({ address });
  try {
    const { workflowService } = connection;
    await workflowService.registerNamespace({
      namespace,
      workflowExecutionRetentionPeriod: { seconds: DAY_S as never },
    });
    // Each part of the server hears of it by itself, within seconds.
    await until(() => workflowService.listOpenWorkflowExecutions({ namespace, maximumPageSize: 1 }), 60_000);
    return { address, namespace, ui_url: 'http://127.0.0.1:9/' };
  } finally {
    await connection.close();
  }
}
