// A node of the simulation: the steps of a cycle as they are shipped, over a hub and a disk in memory.
import { parse } from 'yaml';
import { applyChanges } from '../../../activities/sync/apply.js';
import { captureChanges } from '../../../activities/sync/capture.js';
import { exchangeWithHub } from '../../../activities/sync/exchange.js';
import { finishCycle } from '../../../activities/sync/finish.js';
import type { SyncPorts } from '../../../activities/sync/ports.js';
import type { Task } from '../../../activities/task.js';
import { NxsError } from '../../../domain/errors.js';
import type { Outcome, SyncKeeping } from '../../../domain/sync/keeping.js';
import type { MergeEntry } from '../../../domain/sync/merge-entry.js';
import type { SyncMemory } from '../../../domain/sync/ports.js';
import type { SyncStatus } from '../../../domain/sync/status.js';
import { Disk, simulatedWorkspace } from './disk.js';
import { blobId, Repository, sha256, simulatedHub, type Commit } from './git.js';
import type { Mutant } from './mutants.js';

/** The power went. */
export class Crash extends Error {}

export interface Surroundings {
  readonly hub: Repository;
  readonly mutant: Mutant;
  /** ms, by this node's clock. */
  now(): number;
  step(name: string): void;
  race(node: Node): Promise<void>;
  writer(path: string): void;
  offline(): boolean;
  replaced(bytes: Uint8Array): void;
  published(commit: Commit, before: string | undefined): void;
}

/** State files: they outlive a crash. */
interface Kept {
  memory: SyncMemory | null;
  outcome: Outcome | null;
  status: SyncStatus | null;
  merges: MergeEntry[];
}

const TASK: Task = { progress: () => undefined, signal: new AbortController().signal };

export class Node {
  readonly name: string;
  readonly disk = new Disk();
  readonly copy = new Repository();
  readonly kept: Kept = { memory: null, outcome: null, status: null, merges: [] };
  private readonly around: Surroundings;
  private cycles = 0;

  constructor(name: string, around: Surroundings) {
    this.name = name;
    this.around = around;
  }

  /** As the worker makes them; made anew after each crash, so that nothing in memory outlives one. */
  ports(): SyncPorts {
    const { around, disk, copy, kept, name } = this;
    const { mutant } = around;
    const step = (at: string): void => around.step(`${name}: ${at}`);
    const hub = simulatedHub(
      around.hub,
      copy,
      {
        step,
        race: () => around.race(this),
        offline: () => around.offline(),
        published: (commit, before) => around.published(commit, before),
        unsafePush: mutant.unsafePush === true,
      },
      () => new NxsError('HUB_UNREACHABLE', 'the hub is out of reach'),
    );
    const workspace = simulatedWorkspace(disk, {
      now: () => around.now(),
      step,
      writer: (path) => around.writer(path),
      replaced: (bytes) => around.replaced(bytes),
      blind: mutant.blindApply === true,
      keeps: mutant.noBackup !== true,
      recovers: mutant.noJournal !== true,
    });
    const rules = [
      { pattern: 'DECISION-LOG.md', strategy: mutant.logReplaced === true ? 'replace' : 'append' } as const,
      { pattern: 'MEMORY.md', strategy: 'replace' } as const,
      { pattern: 'memory/*.md', strategy: 'append-date' } as const,
    ];
    return {
      settings: {
        node: name,
        host: name,
        include: ['memory/*.md', 'MEMORY.md', 'DECISION-LOG.md', 'config/*.yaml', 'tasks/**'],
        exclude: ['*.tmp', 'credentials/**'],
        rules,
        settle: 300,
        largest: 100_000,
        starterIds: new Set(),
      },
      hub: mutant.hub?.(hub, this) ?? hub,
      workspace,
      keeping: keeping(kept, step, (memory) => mutant.memory?.(memory, this) ?? memory),
      alone: (work) => work(),
      sha256,
      blobId,
      decode: (bytes) => new TextDecoder('utf-8', { fatal: true }).decode(bytes),
      encode: (text) => new TextEncoder().encode(text),
      parsesYaml(text) {
        try {
          parse(text);
          return true;
        } catch {
          return false;
        }
      },
      journal: () => Promise.resolve(),
      notify: () => Promise.resolve(),
      nudge: () => undefined,
      explain: () => Promise.resolve(null),
      now: () => around.now(),
      pause: () => Promise.resolve(),
    };
  }

  /** One cycle; `between` is called between its steps. Throws Crash. */
  async cycle(between: () => Promise<void>, join = false): Promise<void> {
    this.cycles += 1;
    const cycle = `${this.name}-${this.cycles}`;
    const ports = this.ports();
    const captured = await captureChanges(ports, { cycle, join }, TASK);
    let state = captured.state;
    let [conflicts, applied] = [0, 0];
    if (state === 'ok') {
      await between();
      const met = await exchangeWithHub(ports, { cycle }, TASK);
      ({ state, conflicts } = met);
      await between();
      if (met.toApply > 0) ({ applied } = await applyChanges(ports, { cycle }, TASK));
    }
    await finishCycle(ports, {
      cycle,
      state,
      detail: captured.detail,
      conflicts,
      applied,
    });
  }
}

function keeping(
  kept: Kept,
  step: (name: string) => void,
  mutate: (memory: SyncMemory) => SyncMemory,
): SyncKeeping {
  const done = <T>(value: T): Promise<T> => Promise.resolve(value);
  const save = async (name: string, work: () => void): Promise<void> => {
    await Promise.resolve();
    step(`before ${name} is kept`);
    work();
    step(`${name} is kept`);
  };
  return {
    memory: () => done({ memory: kept.memory, lost: false }),
    saveMemory: (memory) => save('memory', () => void (kept.memory = mutate(memory))),
    outcome: () => done(kept.outcome),
    saveOutcome: (outcome) => save('outcome', () => void (kept.outcome = outcome)),
    status: () => done(kept.status),
    saveStatus: (status) => save('status', () => void (kept.status = status)),
    logMerges(entries) {
      const known = new Set(kept.merges.map(({ id }) => id));
      kept.merges.push(...entries.filter(({ id }) => !known.has(id)));
      return done(undefined);
    },
    merges: () => done(kept.merges),
    restored: () => done(null),
    forgetRestored: () => done(undefined),
    tidy: () => done(undefined),
  };
}
