// Backups, sync and healing as the page shows them.
import { openSyncDesk, readSyncStatus } from '../sync/view.js';
import type { BackupRow, BackupsPart, HealingPart, Light, SyncPart } from '../../dashboard/model.js';
import type { Config } from '../../config/types.js';
import { isOpen, type Incident } from '../../domain/healing/incident.js';
import { workflowId } from '../../domain/ids.js';
import type { MergeEntry } from '../../domain/sync/merge-entry.js';
import { WAITING, type SyncStatus } from '../../domain/sync/status.js';
import { viewBackups } from '../backup-view.js';
import { viewMonitor } from '../healing/desk.js';
import type { Memory } from '../journal-memory.js';

type Link = (workflow: string) => string | null;

const FILES = 200;
const CONFLICTS = 20;
const INCIDENTS = 50;

export async function backupsPart(config: Config, link: string | null, now: number): Promise<BackupsPart> {
  const { last_run: last, destinations } = await viewBackups(config, now);
  const rows = destinations.flatMap(({ name, files }) =>
    files.map((each): BackupRow => ({
      file: each.file,
      destination: name,
      last_backup: each.hash_match === true ? (last?.finished ?? null) : null,
      verified: each.verified,
      hash_match: each.hash_match,
      hash: each.remote_hash ?? each.local_hash,
      status: each.status,
    })),
  );
  // What is wrong is read first.
  const sorted = rows.sort(
    (a, b) => Number(a.hash_match === true) - Number(b.hash_match === true) || compare(a.file, b.file),
  );
  const old = destinations.filter((each) => each.too_old).map(({ name }) => name);
  const words = last === null ? 'none yet' : last.summary;
  const light: Light =
    last === null ? 'unknown' : last.outcome === 'green' && old.length === 0 ? 'good' : 'bad';
  return {
    failed: null,
    summary: old.length === 0 ? words : `${words}; too old in ${old.join(', ')}`,
    light,
    link,
    files: sorted.slice(0, FILES),
    more: Math.max(0, sorted.length - FILES),
  };
}

/** Reads the merge log through git, so only after another cycle than the last time. */
export function openSyncPart(config: Config): (link: Link) => Promise<SyncPart> {
  const desk = openSyncDesk(config);
  let kept: { readonly at: string; readonly log: readonly MergeEntry[] } | null = null;

  async function logOf({ at, conflicts }: SyncStatus): Promise<readonly MergeEntry[]> {
    if (conflicts === 0) return [];
    if (kept?.at !== at) kept = { at, log: (await desk.log()).filter(({ lost }) => lost !== null) };
    return kept.log;
  }

  return async (link) => {
    const status = await readSyncStatus(config);
    if (status === null)
      return {
        ...{ failed: null, summary: 'no cycle has ended yet', light: 'unknown', link: null },
        ...{ nodes: [], conflicts: [], questions: [] },
      };
    const { state, detail, nodes, unpublished, pending, last_ok: lastOk } = status;
    const log = await logOf(status);
    const own = { node: config.node, last_seen: lastOk, own: true, waiting: unpublished };
    const others = nodes
      .filter(({ node }) => node !== config.node)
      .map(({ node, changed }) => ({ node, last_seen: changed, own: false, waiting: null }));
    return {
      failed: null,
      summary: detail === null ? state.replaceAll('_', ' ') : `${state.replaceAll('_', ' ')}: ${detail}`,
      light: state === 'ok' ? 'good' : state === 'offline' ? 'unknown' : 'bad',
      link: link(workflowId(config.node, 'sync', 'cycle')),
      nodes: [own, ...others],
      conflicts: log
        .slice(0, CONFLICTS)
        .map(({ at, path, rule, detail: how }) => ({ at, file: path, how: `${rule}: ${how}` })),
      questions: pending.map(
        ({ token, kind, count, direction }) =>
          `${String(count)} ${WAITING[kind]} wait (${direction}): nxs sync approve ${token}, or nxs sync deny ${token}`,
      ),
    };
  };
}

export async function healingPart(
  config: Config,
  memory: Memory,
  link: Link,
  now: number,
): Promise<HealingPart> {
  const { state, at, unseen } = await viewMonitor(config, now);
  const { pause } = memory.past(now);
  const all = memory.incidents();
  const sorted = [...all.filter(isOpen), ...all.filter((each) => !isOpen(each))];
  return {
    failed: null,
    monitor: { state, at, unseen: unseen.map(({ subject, detail }) => `${subject}: ${detail}`) },
    paused: pause === null ? null : { ...pause, until: new Date(pause.until).toISOString() },
    incidents: sorted.slice(0, INCIDENTS).map((each: Incident) => ({ ...each, link: link(each.workflow) })),
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
