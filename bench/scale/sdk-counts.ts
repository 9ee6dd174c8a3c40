// What the workers of nodes say of their talk with Temporal, out of their pages for Prometheus.
import type { FleetNode } from '../subjects/fleet.js';

export interface SdkCounts {
  /** ms since the epoch. */
  readonly at: number;
  /** Requests so far by operation, of all nodes, without long polls. */
  readonly requests: ReadonlyMap<string, number>;
  /** Polls that wait now, by type, of all nodes. */
  readonly polls: ReadonlyMap<string, number>;
}

/** A page itself asks for the backlog of both queues. */
const OF_A_LOOK = 2;
const BACKLOG = 'DescribeTaskQueue';

/** Asks every node once. `looks`: how often that was done before. */
export async function readSdk(nodes: readonly FleetNode[], looks: number): Promise<SdkCounts> {
  const pages = await Promise.all(nodes.map((node) => node.metrics()));
  const all = pages.join('\n');
  const requests = sums(all, /^temporal_request_total\{operation="(\w+)"\} (\d+)$/gm);
  const asked = requests.get(BACKLOG) ?? 0;
  requests.set(BACKLOG, Math.max(0, asked - OF_A_LOOK * looks * nodes.length));
  return {
    at: Date.now(),
    requests,
    polls: sums(all, /^temporal_num_pollers\{poller_type="(\w+)"\} (\d+)$/gm),
  };
}

function sums(text: string, line: RegExp): Map<string, number> {
  const sums = new Map<string, number>();
  for (const [, name = '', value] of text.matchAll(line))
    sums.set(name, (sums.get(name) ?? 0) + Number(value));
  return sums;
}

export function between(before: SdkCounts, after: SdkCounts): ReadonlyMap<string, number> {
  return new Map(
    [...after.requests].map(([name, value]) => [name, value - (before.requests.get(name) ?? 0)]),
  );
}

export const BEAT = 'RecordActivityTaskHeartbeat';

export function total(requests: ReadonlyMap<string, number>): number {
  return [...requests.values()].reduce((sum, each) => sum + each, 0);
}
