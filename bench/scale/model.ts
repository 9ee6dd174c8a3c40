// What a fleet costs a day, out of what one run of each kind was measured to cost. Pure arithmetic: sums of (times a day x cost of one).

/** What a schedule of every node starts. */
export const SCHEDULED = ['sync', 'backup', 'access-check', 'verify', 'restore-drill'] as const;
/** Cycles of sync between the scheduled ones: a file changed here, the hub moved. */
export const ASKED = ['publish', 'receive'] as const;
export const RUNS = [...SCHEDULED, ...ASKED] as const;
export type RunKind = (typeof RUNS)[number];

/** What one run costs; a firing of its schedule is in it. */
export interface RunCost {
  readonly events: number;
  /** By the definition of Temporal Cloud: docs.temporal.io/cloud/actions. */
  readonly actions: number;
  /** Database rows that are there until the retention is over. */
  readonly rows: number;
  /** Bytes of history in them. */
  readonly bytes: number;
  /** Requests of the worker to Temporal, without its polls. */
  readonly requests: number;
}

export interface NodeCost {
  readonly runs: Readonly<Record<RunKind, RunCost>>;
  /** Heartbeats of the monitors a second; each is an action and a request. */
  readonly beats: number;
  /** Other requests a second of a worker that idles, without polls. */
  readonly background: number;
  /** Polls that wait at Temporal all the time. */
  readonly polls: { readonly workflow: number; readonly activity: number };
  readonly github: GithubCost;
}

/** Requests to GitHub of a run, for a node whose backups go there. */
export interface GithubCost {
  readonly unchanged: number;
  readonly changed: number;
  /** Of those of a changed one, the ones that make something. */
  readonly writes: number;
  readonly access: number;
  readonly verify: number;
  readonly drill: number;
}

export interface Rhythm {
  /** ms between two runs. */
  readonly every: Readonly<Record<(typeof SCHEDULED)[number], number>>;
  /** ms between two looks at the tip of the hub (sync.poll). */
  readonly poll: number;
  /** Files that change on a node a day; each is one publish. */
  readonly changes: number;
  /** Tries of a publish: 1 as long as nobody is in the way. */
  readonly tries: number;
}

export interface Fleet {
  readonly nodes: number;
  readonly cost: NodeCost;
  readonly rhythm: Rhythm;
  /** Days that ended runs are kept. */
  readonly retention: number;
}

export interface Day {
  readonly runs: number;
  readonly events: number;
  readonly actions: number;
  /** Heartbeats among the actions. */
  readonly beats: number;
  readonly rows: number;
  readonly rowsKept: number;
  readonly bytesKept: number;
  /** Per second, the day's mean, with polls. */
  readonly requestsPerSecond: number;
  /** Open at any time. */
  readonly polls: number;
  /** Workflows that are always there: two of the node, one for each schedule. */
  readonly standing: number;
  readonly hubReads: number;
  readonly hubPushes: number;
  readonly github: number;
  readonly githubWrites: number;
}

const DAY_MS = 86_400_000;
const DAY_S = 86_400;
/** Temporal ends a poll that found nothing after a minute (matching.longPollExpirationInterval). */
const POLL_S = 60;
/** `healing` and `providers` of each node. */
const ENTITIES = 2;

/** Runs of one node a day. The more others publish, the more of its looks at the hub find something new. */
export function runsADay({ nodes, rhythm }: Pick<Fleet, 'nodes' | 'rhythm'>): Record<RunKind, number> {
  const looks = DAY_MS / rhythm.poll;
  const others = (nodes - 1) * rhythm.changes;
  const scheduled = Object.fromEntries(SCHEDULED.map((kind) => [kind, DAY_MS / rhythm.every[kind]]));
  return {
    ...(scheduled as Record<(typeof SCHEDULED)[number], number>),
    publish: rhythm.changes,
    receive: looks * (1 - Math.exp(-others / looks)),
  };
}

/** A day of all nodes. */
export function dayOf(fleet: Fleet): Day {
  const { nodes, cost, rhythm, retention } = fleet;
  const runs = runsADay(fleet);
  const sum = (of: (run: RunCost) => number) =>
    nodes * RUNS.reduce((all, kind) => all + runs[kind] * of(cost.runs[kind]), 0);
  const beats = nodes * cost.beats * DAY_S;
  const polls = nodes * (cost.polls.workflow + cost.polls.activity);
  const rows = sum((run) => run.rows);
  const tries = runs.publish * rhythm.tries;
  return {
    runs: sum(() => 1),
    events: sum((run) => run.events),
    actions: sum((run) => run.actions) + beats,
    beats,
    rows,
    rowsKept: rows * retention,
    bytesKept: sum((run) => run.bytes) * retention,
    requestsPerSecond:
      sum((run) => run.requests) / DAY_S + nodes * (cost.beats + cost.background) + polls / POLL_S,
    polls,
    standing: nodes * (SCHEDULED.length + ENTITIES),
    // A look is an ls-remote; a cycle, and each try of a publish, fetches.
    hubReads: nodes * (DAY_MS / rhythm.poll + runs.sync + runs.receive + tries),
    hubPushes: nodes * tries,
    github: nodes * githubOf(cost.github, runs, rhythm.changes),
    githubWrites: nodes * runs.backup * changedShare(runs, rhythm.changes) * cost.github.writes,
  };
}

/** Share of the backups that find something changed, when changes come at any time. */
function changedShare(runs: Readonly<Record<RunKind, number>>, changes: number): number {
  return 1 - Math.exp(-changes / runs.backup);
}

function githubOf(cost: GithubCost, runs: Readonly<Record<RunKind, number>>, changes: number): number {
  const changed = changedShare(runs, changes);
  return (
    runs.backup * (cost.unchanged + changed * (cost.changed - cost.unchanged)) +
    runs['access-check'] * cost.access +
    runs.verify * cost.verify +
    runs['restore-drill'] * cost.drill
  );
}

/** What the same arithmetic says of a window: the runs that fell into it, and its seconds of idling. */
export function windowOf(
  nodes: number,
  cost: NodeCost,
  runs: Readonly<Partial<Record<RunKind, number>>>,
  seconds: number,
): Pick<Day, 'events' | 'actions' | 'rows' | 'beats'> & { readonly requests: number } {
  const sum = (of: (run: RunCost) => number) =>
    RUNS.reduce((all, kind) => all + (runs[kind] ?? 0) * of(cost.runs[kind]), 0);
  const beats = nodes * cost.beats * seconds;
  return {
    events: sum((run) => run.events),
    actions: sum((run) => run.actions) + beats,
    rows: sum((run) => run.rows),
    beats,
    requests: sum((run) => run.requests) + beats + nodes * cost.background * seconds,
  };
}
