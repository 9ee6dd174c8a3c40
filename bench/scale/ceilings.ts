// Where each documented limit ends a fleet that shares one of something. What comes first is what breaks first.
import type { Day, NodeCost, Rhythm } from './model.js';

export interface Ceiling {
  /** What there is one of. */
  readonly one: string;
  readonly limit: number;
  readonly unit: string;
  /** Whose figure the limit is. */
  readonly source: string;
  /** What a node takes of it. */
  readonly perNode: number;
  readonly nodes: number;
}

interface Limit {
  readonly one: string;
  readonly limit: number;
  readonly unit: string;
  readonly source: string;
  /** What all of them take of it; the table divides. */
  readonly taken: (asked: Asked) => number;
}

export interface Asked {
  readonly nodes: number;
  /** A day of all of them. */
  readonly day: Day;
  readonly cost: NodeCost;
  readonly rhythm: Rhythm;
  /** Of a core, that Temporal's server takes for one node. */
  readonly serverCores: number;
  /** Lists of workflows that a node asks for, a second. */
  readonly lists: number;
  /** s of a core of the hub's machine: a look, a push. */
  readonly hub: { readonly read: number; readonly push: number };
}

const DAY_S = 86_400;
const OSS = 'server 1.32, common/dynamicconfig/constants.go';

const LIMITS: readonly Limit[] = [
  {
    one: 'core of the embedded server (SQLite)',
    limit: 1,
    unit: 'core',
    source: 'measured; taken as linear',
    taken: ({ nodes, serverCores }) => nodes * serverCores,
  },
  {
    one: 'frontend: open workflow polls of a namespace',
    limit: 1200,
    unit: 'polls',
    source: `frontend.namespaceCount, ${OSS}`,
    taken: ({ nodes, cost }) => nodes * cost.polls.workflow,
  },
  {
    one: 'frontend: open activity polls of a namespace',
    limit: 1200,
    unit: 'polls',
    source: `frontend.namespaceCount, ${OSS}`,
    taken: ({ nodes, cost }) => nodes * cost.polls.activity,
  },
  {
    one: 'frontend: requests of a namespace',
    limit: 2400,
    unit: '/s',
    source: `frontend.namespaceRPS, ${OSS}`,
    taken: ({ day }) => day.requestsPerSecond,
  },
  {
    one: 'frontend: lists of workflows of a namespace (visibility)',
    limit: 10,
    unit: '/s',
    source: `frontend.namespaceRPS.visibility, ${OSS}`,
    taken: ({ nodes, lists }) => nodes * lists,
  },
  {
    one: 'history host: requests without polls',
    limit: 3000,
    unit: '/s',
    source: `history.rps, ${OSS}`,
    taken: ({ day }) => day.requestsPerSecond - day.polls / 60,
  },
  {
    one: 'namespace: starts by schedules',
    limit: 30,
    unit: '/s',
    source: `worker.schedulerNamespaceStartWorkflowRPS, ${OSS}`,
    taken: ({ day }) => day.runs / DAY_S,
  },
  {
    one: 'namespace: the same in the busiest half minute, when sync fires',
    limit: 30,
    unit: '/s',
    source: `worker.schedulerNamespaceStartWorkflowRPS, ${OSS}`,
    taken: ({ nodes, rhythm }) => nodes / jitterSeconds(rhythm.every.sync),
  },
  {
    one: 'Temporal Cloud namespace: actions',
    limit: 500,
    unit: '/s',
    source: 'docs.temporal.io/cloud/limits (default, grows with use)',
    taken: ({ day }) => day.actions / DAY_S,
  },
  {
    one: 'hub of our own, one core: looks and pushes',
    limit: 1,
    unit: 'core',
    source: 'measured over http; TLS or ssh comes on top',
    taken: ({ day, hub }) => (day.hubReads * hub.read + day.hubPushes * hub.push) / DAY_S,
  },
  {
    one: 'hub on GitHub: reads of a repository',
    limit: 15,
    unit: '/s',
    source: 'docs.github.com, "Repository limits" (recommended)',
    taken: ({ day }) => day.hubReads / DAY_S,
  },
  {
    one: 'hub on GitHub: pushes to a repository',
    limit: 6 / 60,
    unit: '/s',
    source: 'docs.github.com, "Repository limits" (recommended)',
    taken: ({ day }) => day.hubPushes / DAY_S,
  },
  {
    one: 'GitHub token: requests of the backups',
    limit: 5000,
    unit: '/h',
    source: 'docs.github.com, "Rate limits for the REST API"',
    taken: ({ day }) => day.github / 24,
  },
  {
    one: 'GitHub token: requests that make something',
    limit: 500,
    unit: '/h',
    source: 'docs.github.com, "Rate limits for the REST API"',
    taken: ({ day }) => day.githubWrites / 24,
  },
];

/** Seconds over which a schedule spreads its runs (workers/schedules.ts). */
function jitterSeconds(every: number): number {
  return Math.min(60_000, every / 10) / 1000;
}

/** All of them, the one that ends first at the top, as if all nodes took alike. What takes nothing ends nowhere and is left out. */
export function ceilings(asked: Asked): readonly Ceiling[] {
  return LIMITS.flatMap(({ taken, ...limit }) => {
    const each = taken(asked) / asked.nodes;
    return each <= 0 ? [] : [{ ...limit, perNode: each, nodes: limit.limit / each }];
  }).sort((a, b) => a.nodes - b.nodes);
}

/** How many of it a fleet needs, at least one. */
export function needed({ nodes }: Ceiling, fleet: number): number {
  return Math.max(1, Math.ceil(fleet / nodes));
}
