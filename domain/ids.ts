// The Temporal names that users script against (DESIGN.md, "Temporal surface"). Nobody else spells them.

/** Capability rooms that own workflow ids. */
export type WorkflowKind =
  | 'backup'
  | 'verify'
  | 'access-check'
  | 'restore'
  | 'restore-drill'
  | 'providers'
  | 'completion'
  | 'sync'
  | 'healing'
  | 'incident';

/** Task queue that only this node's worker polls. */
export function taskQueue(node: string): string {
  return `nxs-${node}`;
}

/** `nxs/<node>/<kind>/<id>`; a schedule's own id gets `-<time>` appended by Temporal. */
export function workflowId(node: string, kind: WorkflowKind, id: string): string {
  return `nxs/${node}/${kind}/${id}`;
}

/** The one workflow of a node that owns breaker and switch state: `nxs/<node>/providers`. */
export function providersWorkflowId(node: string): string {
  return `nxs/${node}/providers`;
}

/** The monitor that starts incidents: `nxs/<node>/healing`. */
export function healingWorkflowId(node: string): string {
  return `nxs/${node}/healing`;
}

/** `service-mihomo-20261126T161500_123`: what is wrong and when that was seen (ms since the epoch). Also a file name. */
export function incidentId(subject: string, detected: number): string {
  const slug = subject
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  const stamp = new Date(detected).toISOString().replace(/[-:Z]/g, '').replace('.', '_');
  return `${slug === '' ? 'node' : slug}-${stamp}`;
}

/** The run of sync that whoever wants a cycle asks: `nxs/<node>/sync/cycle`. */
export function syncWorkflowId(node: string): string {
  return workflowId(node, 'sync', 'cycle');
}

/**
 * Schedules: `nxs-<node>-backup`, `…-backup-hourly` (access and recency), `…-verify` (rolling reads), `…-restore-drill`,
 * `…-sync`.
 */
export const SCHEDULE_KINDS = ['backup', 'backup-hourly', 'verify', 'restore-drill', 'sync'] as const;
export type ScheduleKind = (typeof SCHEDULE_KINDS)[number];

export function scheduleId(node: string, kind: ScheduleKind): string {
  return `nxs-${node}-${kind}`;
}

/** Search attributes, with the types they are registered under. */
export const SEARCH_ATTRIBUTES = {
  NxsNode: 'Keyword',
  NxsKind: 'Keyword',
  NxsOutcome: 'Keyword',
  NxsLevel: 'Int',
  NxsAwaitingApproval: 'Bool',
} as const;

/** A workflow id as a file name: short, safe on every file system, one to one for the ids we make. */
export function fileNameOf(id: string): string {
  return id.replace(/[^A-Za-z0-9._-]+/g, '_');
}

/** A node name is part of ids, queues and paths: a host-name-like word of at most 63 characters. */
export const NODE_NAME = /^[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?$/i;

/**
 * ms: a workflow task that a killed worker had begun is given to the next one after this; Temporal's default is 10 s. A task of
 * healing takes some ms.
 */
export const HEALING_TASK_TIMEOUT = 3_000;
