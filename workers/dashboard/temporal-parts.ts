// What only Temporal knows: when schedules run next, and which other nodes share the cluster. Asked at most every few seconds, while a page
// is open; without Temporal the page says so and shows all else.
import type { Client } from '@temporalio/client';
import type { FleetRow, Part, ScheduleRow } from '../../dashboard/model.js';
import type { Config } from '../../config/types.js';
import { errorCode, errorMessage } from '../../domain/errors.js';
import { healingWorkflowId, scheduleId, type ScheduleKind } from '../../domain/ids.js';
import { reachTemporal, type Reached } from '../reach-temporal.js';

export interface TemporalParts {
  schedules(link: (id: string) => string | null): Promise<Part<{ readonly list: readonly ScheduleRow[] }>>;
  /** Nodes whose healing loop runs on this cluster, with the last beat of their monitor. */
  nodes(): Promise<readonly ClusterNode[]>;
  /** Changes when Temporal has answered. */
  answered(): number;
  /** Does something with Temporal, or rejects with TEMPORAL_UNREACHABLE. */
  using<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface ClusterNode {
  readonly node: string;
  /** ISO; null: it has not beaten yet. */
  readonly last_seen: string | null;
}

/** ms that answers are good for. */
const SCHEDULES = 10_000;
const NODES = 30_000;
/** ms that a page waits for an answer. */
const WAIT = 60;
/** ms that Temporal has to answer. */
const PATIENCE = 3_000;
/** A page for more nodes than this needs another page. */
const MOST = 100;

const KINDS: Readonly<Record<ScheduleKind, string>> = {
  backup: 'backup',
  'backup-hourly': 'access and recency check',
  verify: 'rolling verification',
  'restore-drill': 'restore drill',
  sync: 'sync',
};

export function openTemporalParts(config: Config): TemporalParts {
  let reached: Promise<Reached> | null = null;
  let answers = 0;
  const count = <T>(value: T): T => {
    answers += 1;
    return value;
  };
  const schedules = memo(SCHEDULES, () => using((client) => schedulesOf(client, config.node)).then(count));
  const nodes = memo(NODES, () => using(nodesOf).then(count));

  async function using<T>(work: (client: Client) => Promise<T>): Promise<T> {
    reached ??= reachTemporal(config);
    const mine = reached;
    try {
      const { client } = await mine;
      return await work(client);
    } catch (error) {
      // Temporal may come back at another address.
      if (reached === mine) reached = null;
      void mine.then((each) => each.close()).catch(() => undefined);
      throw error;
    }
  }

  return {
    using,
    answered: () => answers,
    async schedules(link) {
      try {
        const list = await inTime(schedules());
        if (list === null) return { failed: 'Temporal is being asked.' };
        return { failed: null, list: list.map((each) => ({ ...each, link: link(each.id) })) };
      } catch (error) {
        return { failed: reasonOf(error) };
      }
    },
    async nodes() {
      const list = await inTime(nodes()).catch(() => null);
      return list ?? [];
    },
    async close() {
      const open = reached;
      reached = null;
      await open?.then((each) => each.close()).catch(() => undefined);
    },
  };
}

async function schedulesOf(client: Client, node: string): Promise<readonly ScheduleRow[]> {
  const kinds = Object.keys(KINDS) as ScheduleKind[];
  return client.withDeadline(Date.now() + PATIENCE, () =>
    Promise.all(
      kinds.map(async (kind): Promise<ScheduleRow> => {
        const id = scheduleId(node, kind);
        const { info, state } = await client.schedule.getHandle(id).describe();
        const next = info.nextActionTimes[0];
        const last = info.recentActions.at(-1)?.takenAt;
        return {
          id,
          what: KINDS[kind],
          next: state.paused ? null : (next?.toISOString() ?? null),
          last: last?.toISOString() ?? null,
          paused: state.paused,
          link: null,
        };
      }),
    ),
  );
}

async function nodesOf(client: Client): Promise<readonly ClusterNode[]> {
  return client.withDeadline(Date.now() + PATIENCE, async () => {
    const found: ClusterNode[] = [];
    const query = "WorkflowType = 'healingLoop' AND ExecutionStatus = 'Running'";
    for await (const { workflowId } of client.workflow.list({ query })) {
      const node = /^nxs\/(.+)\/healing$/.exec(workflowId)?.[1];
      if (node === undefined) continue;
      found.push({ node, last_seen: await lastBeat(client, node) });
      if (found.length >= MOST) break;
    }
    return found;
  });
}

async function lastBeat(client: Client, node: string): Promise<string | null> {
  const { raw } = await client.workflow.getHandle(healingWorkflowId(node)).describe();
  const beats = (raw.pendingActivities ?? []).flatMap(({ lastHeartbeatTime: at, lastStartedTime: began }) => {
    const time = at ?? began;
    return time === null || time === undefined ? [] : [Number(time.seconds) * 1000];
  });
  return beats.length === 0 ? null : new Date(Math.max(...beats)).toISOString();
}

/** ms since the last beat after which a node of the cluster is not there. */
const SILENT = 60_000;

/** Own node first. `hub`: nodes that sync knows by their changes. */
export function fleetOf(
  node: string,
  hub: readonly { readonly node: string; readonly last_seen: string | null }[],
  cluster: readonly ClusterNode[],
  link: (workflow: string) => string | null,
  now: number,
): readonly FleetRow[] {
  const names = [...new Set([node, ...cluster.map((each) => each.node), ...hub.map((each) => each.node)])];
  return names.map((name): FleetRow => {
    const beat = cluster.find((each) => each.node === name);
    const change = hub.find((each) => each.node === name);
    const seenBy = [...(beat === undefined ? [] : ['temporal']), ...(change === undefined ? [] : ['hub'])];
    const common = { node: name, own: name === node, seen_by: seenBy };
    if (name === node)
      return {
        ...common,
        last_seen: new Date(now).toISOString(),
        light: 'good',
        detail: 'this node',
        link: link(healingWorkflowId(node)),
      };
    if (beat !== undefined && beat.last_seen !== null) {
      const there = now - Date.parse(beat.last_seen) < SILENT;
      return {
        ...common,
        last_seen: beat.last_seen,
        light: there ? 'good' : 'bad',
        detail: there ? 'its monitor looks' : 'its monitor is silent',
        link: link(healingWorkflowId(name)),
      };
    }
    return {
      ...common,
      last_seen: change?.last_seen ?? null,
      light: 'unknown',
      detail: 'last change that reached the hub',
      link: null,
    };
  });
}

function reasonOf(error: unknown): string {
  return errorCode(error) === 'TEMPORAL_UNREACHABLE'
    ? 'Temporal is not reachable at the moment.'
    : errorMessage(error);
}

/** The page does not wait for Temporal: what comes later (null) is on the next one. */
async function inTime<T>(value: Promise<T>): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), WAIT);
  });
  try {
    return await Promise.race([value, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The last answer while it is good, and while the next one is on its way; a failure ends it. */
function memo<T>(fresh: number, make: () => Promise<T>): () => Promise<T> {
  let kept: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  let asked = 0;
  return () => {
    const now = Date.now();
    if (next === null && (kept === null || Math.abs(now - asked) > fresh)) {
      asked = now;
      const mine = make();
      next = mine;
      mine
        .then(
          () => (kept = mine),
          () => (kept = null),
        )
        .finally(() => (next = null))
        .catch(() => undefined);
    }
    return kept ?? next ?? make();
  };
}
