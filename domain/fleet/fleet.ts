// All nodes that somebody knows of, each with one light. Unknown never counts as good: a node that only the hub knows may be off for weeks.

export type Light = 'good' | 'bad' | 'unknown';

/** How something ended, and when (ISO). */
export interface Last {
  readonly outcome: string;
  readonly at: string | null;
}

/** What Temporal tells of a node beyond its beat. */
export interface NodeDetails {
  /** Ids of incidents that are not over, and of those that wait for a person's word. */
  readonly open: readonly string[];
  readonly waiting: readonly string[];
  /** null: none within the cluster's retention. */
  readonly backup: Last | null;
  readonly sync: Last | null;
}

/** A node whose healing loop runs on the cluster. */
export interface ClusterNode {
  readonly node: string;
  /** Last beat of its monitor, ISO; null: it has not beaten yet. */
  readonly last_seen: string | null;
  /** Of the worker that its monitor runs in; null: it does not say. */
  readonly host: string | null;
  readonly version: string | null;
  /** null: not asked for. */
  readonly details: NodeDetails | null;
}

/** A node whose changes the hub has. */
export interface HubNode {
  readonly node: string;
  readonly last_seen: string | null;
}

export interface FleetNode {
  readonly node: string;
  readonly own: boolean;
  readonly seen_by: readonly ('temporal' | 'hub')[];
  readonly light: Light;
  readonly detail: string;
  readonly last_beat: string | null;
  /** Its latest change that the hub has, ISO. */
  readonly last_change: string | null;
  readonly host: string | null;
  readonly version: string | null;
  readonly details: NodeDetails | null;
}

/** ms since the last beat after which a node of the cluster is not there. */
const SILENT = 60_000;

/** Own node first, then in the order in which they were found. Pure. */
export function fleetOf(
  own: string,
  cluster: readonly ClusterNode[],
  hub: readonly HubNode[],
  now: number,
): readonly FleetNode[] {
  const names = [...new Set([own, ...cluster.map(({ node }) => node), ...hub.map(({ node }) => node)])];
  return names.map((node): FleetNode => {
    const here = cluster.find((each) => each.node === node);
    const change = hub.find((each) => each.node === node);
    const [light, detail] = judge(here, change, now);
    return {
      node,
      own: node === own,
      seen_by: [
        ...(here === undefined ? [] : ['temporal' as const]),
        ...(change === undefined ? [] : ['hub' as const]),
      ],
      light,
      detail,
      last_beat: here?.last_seen ?? null,
      last_change: change?.last_seen ?? null,
      host: here?.host ?? null,
      version: here?.version ?? null,
      details: here?.details ?? null,
    };
  });
}

function judge(
  here: ClusterNode | undefined,
  change: HubNode | undefined,
  now: number,
): readonly [Light, string] {
  if (here === undefined)
    return [
      'unknown',
      change === undefined ? 'nobody knows of it yet' : 'only the hub knows it, by its changes',
    ];
  if (here.last_seen === null) return ['unknown', 'its monitor has not begun yet'];
  if (now - Date.parse(here.last_seen) >= SILENT) return ['bad', 'its monitor is silent'];
  const { details } = here;
  if (details === null) return ['good', 'its monitor looks'];
  const { waiting, open, backup } = details;
  if (waiting.length > 0) return ['bad', `waits for a person: ${waiting.join(', ')}`];
  if (backup !== null && backup.outcome !== 'green')
    return ['bad', `its last backup is ${backup.outcome.replace('_', ' ')}`];
  const healing = open.length === 0 ? '' : `, heals ${open.join(', ')}`;
  if (backup === null) return ['unknown', `its monitor looks${healing}; no backup has ended yet`];
  return ['good', `its monitor looks${healing}`];
}

/** The light of all of them: bad when one is, unknown when one is and none is bad. */
export function worstOf(nodes: readonly Pick<FleetNode, 'light'>[]): Light {
  if (nodes.some(({ light }) => light === 'bad')) return 'bad';
  return nodes.some(({ light }) => light === 'unknown') ? 'unknown' : 'good';
}
