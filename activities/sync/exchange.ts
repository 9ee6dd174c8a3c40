// Second step of a cycle: meet the hub. What it has is fetched and planned against; what goes out is published by a move of its
// branch that happens only while the branch is where the plan saw it (SYNC.md, steps 7 to 10).
import { errorCode, errorMessage, type ErrorCode } from '../../domain/errors.js';
import type { Outcome, Restored } from '../../domain/sync/keeping.js';
import type { Stamp, Version } from '../../domain/sync/model.js';
import type { FileChange, SyncMemory } from '../../domain/sync/ports.js';
import type { Question } from '../../domain/sync/guard.js';
import { isHeld, same, type Wanted } from '../../domain/sync/reconcile.js';
import { PUBLISH_TRIES } from '../../domain/sync/publishing.js';
import { receiveStamp } from '../../domain/sync/stamp.js';
import { WAITING, type PendingApproval, type SyncState } from '../../domain/sync/status.js';
import type { CycleRef, ExchangeResult } from '../contracts.js';
import type { Task } from '../task.js';
import { hubName, localTree, setOrDelete } from './memory.js';
import { mergeEntries } from './merge-log.js';
import { prepare, type Prepared } from './plan.js';
import type { SyncPorts } from './ports.js';
import { commitFor } from './publish.js';

/** How many paths of a question are named. */
const EXAMPLES = 5;

const STATES: Readonly<Partial<Record<ErrorCode, SyncState>>> = {
  HUB_UNREACHABLE: 'offline',
  HUB_DENIED: 'denied',
  HUB_DAMAGED: 'damaged',
};

/** Meets the hub once, or says why that was not possible. Repeating it after a crash does the rest. */
export function exchangeWithHub(ports: SyncPorts, input: CycleRef, task: Task): Promise<ExchangeResult> {
  return ports.alone(async () => {
    const { memory } = await ports.keeping.memory();
    if (memory === null) return stopped('needs_join', 'nothing was captured yet');
    const restored = await ports.keeping.restored();
    if (restored !== null) return waitsForRestore(ports, input, memory, restored);
    try {
      return await meet(ports, input, memory, task);
    } catch (error) {
      const state = STATES[errorCode(error)];
      if (state === undefined) throw error;
      const known = state === 'offline' ? await ports.explain() : null;
      return stopped(state, known ?? errorMessage(error));
    }
  });
}

function stopped(state: SyncState, detail: string): ExchangeResult {
  return { state, detail, published: 0, toApply: 0, conflicts: 0, questions: 0 };
}

/** Token of a restore that waits. */
function restoreToken(id: string): string {
  return `restore-${id}`;
}

async function waitsForRestore(
  ports: SyncPorts,
  { cycle }: CycleRef,
  memory: SyncMemory,
  { id, files }: Restored,
): Promise<ExchangeResult> {
  const token = restoreToken(id);
  const question: PendingApproval = {
    token,
    kind: 'restored',
    direction: 'outgoing',
    count: files,
    examples: [],
  };
  await ports.keeping.saveOutcome({ ...nothing(cycle, memory), questions: [question] });
  const detail = `a restore brought ${files} files back; the other nodes get them by: nxs sync approve ${token}`;
  return { ...stopped('paused', detail), questions: 1 };
}

/** An outcome in which nothing happens. */
function nothing(cycle: string, memory: SyncMemory): Outcome {
  return {
    cycle,
    generation: memory.generation,
    apply: [],
    holds: memory.holds,
    questions: [],
    files: memory.base.size,
    published: 0,
    oldest: null,
    clean: true,
    applied: null,
  };
}

async function meet(
  ports: SyncPorts,
  { cycle }: CycleRef,
  memory: SyncMemory,
  task: Task,
): Promise<ExchangeResult> {
  for (let n = 1; n <= PUBLISH_TRIES; n += 1) {
    if (n > 1) await ports.pause(n - 1);
    const tip = await ports.hub.fetch(task.signal);
    if (await isRewound(ports, memory, tip)) return rewound(ports, memory, tip);
    if (isQuiet(memory, tip)) {
      await ports.keeping.saveOutcome(nothing(cycle, memory));
      return stopped('ok', '');
    }
    const plan = await prepare(ports, memory, tip);
    const at = new Date(ports.now()).toISOString();
    const notes = mergeEntries(ports, plan.plan.notes, at);
    const commit = await commitFor(ports, memory, tip, plan, notes, at);
    if (commit !== null && (await ports.hub.publish(commit, tip, task.signal)) === 'moved') {
      task.progress(`another node was faster, try ${n + 1}`);
      continue;
    }
    const met = afterwards(ports, memory, plan, commit, tip);
    const outcome = outcomeOf(cycle, met, plan, memory);
    await ports.keeping.logMerges(notes);
    await ports.keeping.saveOutcome(outcome);
    // With this the exchange has happened: a crash before it repeats it, and finds its own commit in the hub.
    await ports.keeping.saveMemory(met.memory);
    if (commit !== null) ports.nudge();
    return {
      state: plan.questions.length > 0 ? 'approval_pending' : 'ok',
      detail: plan.questions.map(questionText).join('; '),
      published: outcome.published,
      toApply: outcome.apply.length,
      conflicts: notes.length,
      questions: plan.questions.length,
    };
  }
  return stopped('contended', `other nodes were faster ${PUBLISH_TRIES} times; the next cycle goes on`);
}

/** The hub's branch must come after what was seen of it last. */
async function isRewound({ hub }: SyncPorts, memory: SyncMemory, tip: string | null): Promise<boolean> {
  if (memory.hub === null || memory.tip === null) return false;
  return tip === null || !(await hub.descends(tip, memory.tip));
}

/** What this node had goes to a branch of its own, and nothing else happens until a person has looked. */
async function rewound(ports: SyncPorts, memory: SyncMemory, tip: string | null): Promise<ExchangeResult> {
  const { hub, settings } = ports;
  const ours = memory.capture?.commit ?? memory.tip;
  const branch = `nxs-recovery/${settings.node}-${(ours ?? '').slice(0, 8)}`;
  if (ours !== null) await hub.pushAside(ours, branch);
  const now = tip === null ? 'is empty' : `is at ${tip.slice(0, 8)}`;
  const detail =
    `branch ${hub.branch} of ${hub.location} ${now}, which does not come after ${(memory.tip ?? '').slice(0, 8)}: ` +
    `somebody set it back or made it anew. What this node has is kept there as ${branch}. If it is meant: nxs sync join`;
  return stopped('hub_rewound', detail);
}

function isQuiet(memory: SyncMemory, tip: string | null): boolean {
  return memory.hub !== null && tip === memory.tip && memory.pending.size === 0 && memory.settled;
}

/** Memory after the exchange: what both sides have is the base now; what is still to be applied is not. */
function afterwards(
  ports: SyncPorts,
  memory: SyncMemory,
  plan: Prepared,
  commit: string | null,
  tip: string | null,
): Met {
  const { publish, apply } = plan.plan;
  const { local, hub, held } = plan.trees;
  const base = new Map(memory.base);
  const mine = localTree(memory);
  const decided = new Set<string>();
  let clean = true;
  for (const path of new Set([...base.keys(), ...local.keys(), ...hub.keys(), ...publish.keys()])) {
    if (apply.has(path)) {
      // Decided, and what we have is in a capture: it is what the hub's version comes after, whether or not that gets here now.
      setOrDelete(base, path, mine.get(path) ?? null);
      decided.add(path);
      continue;
    }
    const theirs = publish.has(path) ? (publish.get(path) ?? null) : (hub.get(path) ?? null);
    if (!isHeld(held, path) && same(local.get(path), theirs)) {
      setOrDelete(base, path, bare(theirs));
      decided.add(path);
    } else clean &&= same(base.get(path), theirs);
  }
  const pending = new Map([...memory.pending].filter(([path]) => !decided.has(path)));
  const { used, refused } = plan;
  const met: SyncMemory = {
    ...memory,
    hub: hubName(ports),
    lost: false,
    tip: commit ?? tip,
    base,
    pending,
    // What is published has the capture among its ancestors.
    capture: commit === null ? memory.capture : null,
    clock: plan.stamps.reduce((clock, stamp) => receiveStamp(clock, stamp, ports.now()).clock, memory.clock),
    approved: memory.approved.filter((token) => !used.includes(token)),
    denied: memory.denied.filter((token) => !refused.includes(token)),
    nodes: nodesAfter(memory, plan.stamps),
    generation: memory.generation + 1,
    settled: clean && apply.size === 0,
  };
  return { memory: met, clean };
}

interface Met {
  readonly memory: SyncMemory;
  /** Nothing but what is to be applied now differs between here and the hub. */
  readonly clean: boolean;
}

function outcomeOf(cycle: string, { memory, clean }: Met, plan: Prepared, before: SyncMemory): Outcome {
  const local = localTree(before);
  const apply = [...plan.plan.apply].map(([path, wanted]): FileChange => ({
    path,
    expected: local.get(path)?.oid ?? null,
    wanted: bare(wanted),
  }));
  return {
    ...nothing(cycle, memory),
    apply,
    oldest: oldestOf(plan),
    clean,
    holds: plan.holds,
    questions: plan.questions.map(approvalOf),
    files: local.size,
    published: [...plan.plan.publish.keys()].filter((path) => before.pending.has(path)).length,
    ...(plan.skew === undefined ? {} : { skew: plan.skew }),
  };
}

function oldestOf({ plan, stampOf }: Prepared): number | null {
  const times = [...plan.apply.keys()].map((path) => stampOf(path)?.l ?? 0).filter((l) => l > 0);
  return times.length === 0 ? null : Math.min(...times);
}

/** Per node the time of its latest change, ours among them. */
function nodesAfter(memory: SyncMemory, stamps: readonly Stamp[]): ReadonlyMap<string, number> {
  const nodes = new Map(memory.nodes);
  const own = [...memory.pending.values()].map(({ stamp }) => stamp);
  for (const { node, l } of [...stamps, ...own]) nodes.set(node, Math.max(l, nodes.get(node) ?? 0));
  return nodes;
}

function approvalOf({ token, kind, direction, paths }: Question): PendingApproval {
  return { token, kind, direction, count: paths.length, examples: paths.slice(0, EXAMPLES) };
}

function questionText({ token, kind, direction, paths }: Question): string {
  const where = direction === 'outgoing' ? 'here wait to go out' : 'of the hub wait to come in';
  return `${paths.length} ${WAITING[kind]} ${where}: nxs sync approve ${token}, or nxs sync deny ${token} to bring them back`;
}

/** Without the bytes that a made version carries. */
function bare(wanted: Wanted): Version | null {
  return wanted === null ? null : { oid: wanted.oid, mode: wanted.mode, size: wanted.size };
}
