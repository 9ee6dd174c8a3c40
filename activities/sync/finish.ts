// Last step of a cycle: what `nxs sync status` shows, the journal, and a word to whoever has to do something.
import type { Outcome } from '../../domain/sync/keeping.js';
import type { Notice } from '../../domain/notify/notice.js';
import type { Hold } from '../../domain/sync/model.js';
import type { SyncMemory } from '../../domain/sync/ports.js';
import { WAITING, type PendingApproval, type SyncStatus } from '../../domain/sync/status.js';
import type { FinishInput } from '../contracts.js';
import type { SyncPorts } from './ports.js';

const DAY_MS = 86_400_000;

/** States in which the hub was met. */
const MET: ReadonlySet<SyncStatus['state']> = new Set(['ok', 'approval_pending', 'paused']);

/** Writes the status and tells. Repeating it for the same cycle tells nothing twice. */
export async function finishCycle(ports: SyncPorts, input: FinishInput): Promise<SyncStatus> {
  const { keeping } = ports;
  const [before, { memory }, found] = [
    await keeping.status(),
    await keeping.memory(),
    await keeping.outcome(),
  ];
  // The outcome of another cycle says nothing of this one: it ended before it met the hub.
  const outcome = found?.cycle === input.cycle ? found : null;
  const status = await statusOf(ports, { input, before, memory, outcome });
  await keeping.saveStatus(status);
  await record(ports, input, status, { before, outcome });
  for (const notice of noticesOf(status)) await ports.notify(notice);
  await ports.alone(async () => {
    await keeping.tidy();
    await ports.hub.tidy();
  });
  return status;
}

interface Known {
  readonly input: FinishInput;
  readonly before: SyncStatus | null;
  readonly memory: SyncMemory | null;
  readonly outcome: Outcome | null;
}

async function statusOf(ports: SyncPorts, { input, before, memory, outcome }: Known): Promise<SyncStatus> {
  const now = ports.now();
  const at = new Date(now).toISOString();
  const recent = (await ports.keeping.merges()).filter((entry) => now - Date.parse(entry.at) < DAY_MS);
  const held: readonly Hold[] = [
    ...(outcome?.holds ?? memory?.holds ?? []),
    ...(outcome?.applied?.failed ?? []),
    ...(outcome?.applied?.raced ?? []).map((path): Hold => ({
      path,
      reason: 'deferred',
      detail: 'somebody changed it meanwhile',
    })),
  ];
  return {
    v: 1,
    state: input.state,
    detail: input.detail === '' ? null : input.detail,
    hub: `${ports.hub.location} (${ports.hub.branch})`,
    at,
    last_ok: MET.has(input.state) ? at : (before?.last_ok ?? null),
    tip: memory?.tip ?? null,
    files: memory?.base.size ?? 0,
    unpublished: memory?.pending.size ?? 0,
    held: held.map(({ path, reason, detail }) => ({ path, reason, detail })),
    pending: [...(outcome?.questions ?? questionsBefore(before, input))],
    conflicts: new Set(recent.map(({ id }) => id)).size,
    // A clock that is wrong stays so until something newer says otherwise.
    skew_ms: outcome?.skew === undefined ? (before?.skew_ms ?? null) : outcome.skew,
    published: outcome?.published ?? 0,
    applied: input.applied,
    nodes: [...(memory?.nodes ?? [])].map(([node, l]) => ({ node, changed: new Date(l).toISOString() })),
  };
}

/** A cycle that did not get so far as to ask has not answered what was asked. */
function questionsBefore(before: SyncStatus | null, { state }: FinishInput): readonly PendingApproval[] {
  return MET.has(state) ? [] : (before?.pending ?? []);
}

/** An idle cycle is no event: the journal would hold nothing else. */
async function record(
  ports: SyncPorts,
  { cycle, conflicts, applied }: FinishInput,
  status: SyncStatus,
  { before, outcome }: Pick<Known, 'before' | 'outcome'>,
): Promise<void> {
  const idle = status.published === 0 && applied === 0 && conflicts === 0;
  if (idle && before !== null && before.state === status.state) return;
  const oldest = applied === 0 ? null : (outcome?.oldest ?? null);
  await ports.journal({
    id: `sync/${cycle}`,
    type: 'sync.finished',
    data: {
      cycle,
      state: status.state,
      published: status.published,
      applied,
      conflicts,
      held: status.held.length,
      unpublished: status.unpublished,
      tip: status.tip,
      latency_ms: oldest === null ? null : Math.max(0, Math.round(ports.now() - oldest)),
    },
  });
}

/** What needs a person. What needs none (offline, a file that is being written) waits in the status. */
function noticesOf(status: SyncStatus): Notice[] {
  const { state, detail, pending, held } = status;
  const told = detail ?? '';
  const is = (...states: readonly SyncStatus['state'][]) => (states.includes(state) ? told : null);
  const secrets = held.filter(({ reason }) => reason === 'secret');
  const clash = held.filter(({ reason }) => reason === 'unparsable');
  return [
    about(
      'sync/hub',
      'critical',
      'sync: the hub does not let this node in, or is damaged',
      is('denied', 'damaged'),
    ),
    about('sync/rewound', 'critical', 'sync: the hub was set back', is('hub_rewound')),
    about('sync/root', 'critical', 'sync: the data directory is not there', is('root_missing')),
    about('sync/join', 'warning', 'sync: this node has to join its hub', is('needs_join')),
    about(
      'sync/approval',
      'warning',
      'sync: a person has to decide',
      pending.length === 0 ? null : tokensText(pending),
    ),
    about(
      'sync/secret',
      'warning',
      'sync: held back, it looks like a secret',
      secrets.length === 0 ? null : holdsText(secrets),
    ),
    about(
      'sync/unparsable',
      'warning',
      'sync: YAML that does not parse',
      clash.length === 0 ? null : holdsText(clash),
    ),
  ];
}

function about(incident: string, level: Notice['level'], title: string, trouble: string | null): Notice {
  return {
    incident,
    state: trouble === null ? 'resolved' : 'raised',
    level,
    title,
    text: trouble ?? 'it is well again',
  };
}

function tokensText(pending: readonly PendingApproval[]): string {
  const lines = pending.map(({ token, kind, direction, count, examples }) => {
    const named =
      examples.length === 0 ? '' : ` (${examples.join(', ')}${count > examples.length ? ', …' : ''})`;
    return `${count} ${WAITING[kind]}, ${direction}${named}: nxs sync approve ${token}`;
  });
  return lines.join('\n');
}

function holdsText(holds: readonly Hold[] | SyncStatus['held']): string {
  return holds.map(({ path, detail }) => `${path}: ${detail}`).join('\n');
}
