// What only Temporal knows: when schedules run next, and which other nodes share the cluster. Asked at most every few seconds, while a page
// is open; without Temporal the page says so and shows all else.
import type { Client } from '@temporalio/client';
import type { FleetRow, Part, ScheduleRow } from '../../dashboard/model.js';
import type { Config } from '../../config/types.js';
import { fleetOf, type ClusterNode, type HubNode } from '../../domain/fleet/fleet.js';
import { errorCode, errorMessage } from '../../domain/errors.js';
import { healingWorkflowId, scheduleId, type ScheduleKind } from '../../domain/ids.js';
import { clusterNodes, PATIENCE } from '../fleet/cluster.js';
import { refuseWhenTaken } from '../fleet/taken-file.js';
import { lookAtTemporal, type Reached } from '../reach-temporal.js';

export interface TemporalParts {
  schedules(link: (id: string) => string | null): Promise<Part<{ readonly list: readonly ScheduleRow[] }>>;
  /** Nodes whose healing loop runs on this cluster, with the last beat of their monitor. */
  nodes(): Promise<readonly ClusterNode[]>;
  /** Changes when Temporal has answered. */
  answered(): number;
  /** Does something with Temporal, or rejects with TEMPORAL_UNREACHABLE, or NODE_TAKEN while another machine has our name. */
  acting<T>(work: (client: Client) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** ms that answers are good for. */
const SCHEDULES = 10_000;
const NODES = 30_000;
/** ms that a page waits for an answer. */
const WAIT = 60;

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
  const nodes = memo(NODES, () => using(clusterNodes).then(count));

  async function using<T>(work: (client: Client) => Promise<T>): Promise<T> {
    reached ??= lookAtTemporal(config);
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
    async acting(work) {
      await refuseWhenTaken(config);
      return using(work);
    },
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

/** The page's rows: own node first, which is there, since it serves the page. */
export function fleetRows(
  node: string,
  hub: readonly HubNode[],
  cluster: readonly ClusterNode[],
  link: (workflow: string) => string | null,
  now: number,
): readonly FleetRow[] {
  return fleetOf(node, cluster, hub, now).map((each): FleetRow => {
    const { own, seen_by, light, detail, version, host } = each;
    const where = version === null || host === null ? detail : `${detail} (${version} on ${host})`;
    return {
      ...{ node: each.node, own, seen_by },
      last_seen: own ? new Date(now).toISOString() : (each.last_beat ?? each.last_change),
      light: own ? 'good' : light,
      detail: own ? 'this node' : where,
      link: own || each.last_beat !== null ? link(healingWorkflowId(each.node)) : null,
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
