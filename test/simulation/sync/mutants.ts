// Ways to get sync wrong that are easy to write. Each is a change of what the shipped steps see or keep; the simulation has to
// notice every one of them, or it proves nothing.
import type { Tree } from '../../../domain/sync/model.js';
import type { Hub, SyncMemory } from '../../../domain/sync/ports.js';
import type { Node } from './node.js';

export interface Mutant {
  readonly unsafePush?: boolean;
  readonly blindApply?: boolean;
  readonly noBackup?: boolean;
  readonly noJournal?: boolean;
  readonly logReplaced?: boolean;
  readonly hub?: (hub: Hub, node: Node) => Hub;
  readonly memory?: (memory: SyncMemory, node: Node) => SyncMemory;
  /** A change of the plan: see planned.ts. */
  readonly plan?: 'delete-wins' | 'random-names' | 'dated-overwrite';
}

export const SOUND: Mutant = {};

function treeAt({ copy }: Node, tip: string): Tree {
  const commit = copy.commits.get(tip);
  const rows = [...(commit?.tree ?? [])].filter(([path]) => !path.startsWith('.nxs/'));
  return new Map(
    rows.map(([path, { oid }]) => [path, { oid, mode: '100644', size: copy.blobs.get(oid)?.length ?? 0 }]),
  );
}

export const MUTANTS: Readonly<Record<string, Mutant>> = {
  'the base is the last commit': {
    memory: (memory, node) => (memory.tip === null ? memory : { ...memory, base: treeAt(node, memory.tip) }),
  },
  'the base moves before the apply': {
    memory(memory, { kept }) {
      if (kept.outcome === null || kept.outcome.generation !== memory.generation) return memory;
      const base = new Map(memory.base);
      for (const { path, wanted } of kept.outcome.apply)
        if (wanted === null) base.delete(path);
        else base.set(path, wanted);
      return { ...memory, base };
    },
  },
  'apply overwrites whatever is there': { blindApply: true, noBackup: true },
  'the log is last-write-wins': { logReplaced: true },
  'the hub is pushed to without a comparison': { unsafePush: true },
  'nothing is captured': {
    hub: (hub) => ({
      ...hub,
      commit: (plan, ref) =>
        hub.commit({ ...plan, parents: ref === null ? plan.parents.slice(0, 1) : [] }, ref),
      publish: (commit, expected) => hub.publish(commit, expected),
    }),
    noBackup: true,
  },
  'the local version always wins': { hub: (hub) => ({ ...hub, stamps: () => Promise.resolve(new Map()) }) },
  'a deletion wins': { plan: 'delete-wins' },
  'no copies of what is replaced': { noBackup: true },
  'a dated name overwrites': { plan: 'dated-overwrite' },
  'names are drawn': { plan: 'random-names' },
  'stamps are file times': {
    memory: (memory, { disk, name }) => ({
      ...memory,
      pending: new Map(
        [...memory.pending].map(([path, each]) => [
          path,
          { ...each, stamp: { l: disk.files.get(path)?.mtime ?? each.stamp.l, c: 0, node: name } },
        ]),
      ),
    }),
  },
  'no journal of an apply': { noJournal: true },
};
