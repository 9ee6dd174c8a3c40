// Incidents of a busy page: one that asks, one that acts, and others that are over.
import type { HealingPart } from '../../../dashboard/model.js';
import { at, workflow } from './basics.js';

type Filled = Extract<HealingPart, { failed: null }>;
type IncidentRow = Filled['incidents'][number];

export const REQUEST = 'inc-7-r2';

/** An open question with all its fields. */
export function asking(change: Partial<IncidentRow> = {}): IncidentRow {
  return {
    id: 'inc-7',
    workflow: 'nxs/home/incident/inc-7',
    link: workflow('nxs/home/incident/inc-7'),
    subject: 'service:llama',
    kind: 'service_down',
    state: 'asking',
    cause: 'llama.service is failed, exit code 139',
    value: null,
    since: at(-6),
    detected: at(-5.5),
    by: null,
    plan: {
      request: REQUEST,
      level: 5,
      action: 'full_restart',
      target: 'this node',
      permission: 'approve',
      plan_hash: 'a1b2c3',
      commands: ['systemctl --user restart llama.service', 'systemctl --user restart nxs-gateway.service'],
      downtime: 'about 40 s for all services of this node',
      data_loss: 'none: state is on disk',
    },
    skipped: [{ level: 1, reason: 'caches are no part of this' }],
    tried: [
      { level: 2, action: 'restart_service', how: 'no effect' },
      { level: 3, action: 'restart_extension', how: 'failed: exit code 1' },
    ],
    asked: { request: REQUEST, expires: at(8.7), quorum: 2 },
    note: 'one of two approvals is there: maria',
    ended: null,
    summary: null,
    log: [{ at: at(-5.5), text: 'detected' }],
    ...change,
  };
}

/** The same at level 6: its approval has to be typed. */
export function askingRestore(): IncidentRow {
  const row = asking();
  const plan = { ...row.plan!, level: 6 as const, action: 'restore_backup', target: '/home/nxs' };
  return { ...row, plan: { ...plan, data_loss: 'changes since 13:02 are moved aside' } };
}

function over(index: number): IncidentRow {
  const state = (['healed', 'cleared', 'cancelled'] as const)[index % 3] ?? 'healed';
  return asking({
    id: `inc-over-${String(index)}`,
    subject: index % 2 === 0 ? 'memory' : 'disk:/',
    kind: index % 2 === 0 ? 'memory_critical' : 'disk_critical',
    state,
    cause: `${index % 2 === 0 ? 'memory' : 'disk'} at ${String(88 + (index % 9))} %`,
    detected: at(-30 - index * 40),
    plan: null,
    asked: null,
    note: null,
    ended: at(-28 - index * 40),
    summary: 'down to healed in 6.2 s',
  });
}

export function healing(past = 4): Filled {
  const acting = asking({ id: 'inc-8', subject: 'memory', state: 'acting', asked: null, note: null });
  return {
    failed: null,
    monitor: { state: 'watching', at: at(-0.1), unseen: ['disk:/mnt/usb is not mounted'] },
    paused: { until: at(20), by: 'maria', reason: 'updates' },
    incidents: [asking(), acting, ...Array.from({ length: past }, (_, index) => over(index))],
  };
}
