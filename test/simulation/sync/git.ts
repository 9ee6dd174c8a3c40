// A git of the simulation: commits, trees and contents in memory; each node has its own copy, and the hub is one of them.
import { createHash } from 'node:crypto';
import { stampsOf } from '../../../domain/sync/trailer.js';
import type { Stamp } from '../../../domain/sync/model.js';
import type { CommitPlan, Hub, RemoteEntry } from '../../../domain/sync/ports.js';

export interface Leaf {
  readonly oid: string;
  readonly mode: string;
}

export interface Commit {
  readonly id: string;
  readonly tree: ReadonlyMap<string, Leaf>;
  readonly parents: readonly string[];
  readonly message: string;
  readonly author: string;
}

export function blobId(bytes: Uint8Array): string {
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}

export function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A repository: what it holds, and its refs. */
export class Repository {
  readonly commits = new Map<string, Commit>();
  readonly blobs = new Map<string, Uint8Array>();
  readonly refs = new Map<string, string>();

  /** All commits that a commit comes after, itself among them; children before parents. */
  history(tip: string, without: ReadonlySet<string> = new Set()): Commit[] {
    const order: Commit[] = [];
    const seen = new Set<string>();
    const visit = (id: string): void => {
      if (seen.has(id) || without.has(id)) return;
      seen.add(id);
      const commit = this.commits.get(id);
      if (commit === undefined) throw new Error(`commit ${id} is not in this repository`);
      for (const parent of [...commit.parents].reverse()) visit(parent);
      order.push(commit);
    };
    visit(tip);
    return order.reverse();
  }

  /** Copies a commit and all that it needs. */
  take(from: Repository, tip: string): void {
    const queue = [tip];
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) {
      if (this.commits.has(id)) continue;
      const commit = from.commits.get(id);
      if (commit === undefined) throw new Error(`commit ${id} is not in the other repository`);
      for (const { oid } of commit.tree.values()) {
        const bytes = from.blobs.get(oid);
        if (bytes === undefined) throw new Error(`content ${oid} is not in the other repository`);
        this.blobs.set(oid, bytes);
      }
      this.commits.set(id, commit);
      queue.push(...commit.parents);
    }
  }

  /** Every content in the history of a commit. */
  contents(tip: string | undefined): Set<string> {
    if (tip === undefined) return new Set();
    return new Set(this.history(tip).flatMap(({ tree }) => [...tree.values()].map(({ oid }) => oid)));
  }
}

export interface Traffic {
  /** Called around every step that a crash may come before or after. */
  step(name: string): void;
  /** Other nodes may be faster here. */
  race(): Promise<void>;
  /** True while the node is cut off. */
  offline(): boolean;
  /** The hub's branch moved. */
  published(commit: Commit, before: string | undefined): void;
  readonly unsafePush: boolean;
}

const MAIN = 'refs/heads/main';

/** One node's view of the hub, over its own copy. */
export function simulatedHub(
  hub: Repository,
  copy: Repository,
  traffic: Traffic,
  unreachable: () => Error,
): Hub {
  const waiting = new Map<string, Uint8Array>();
  const reach = (): void => {
    if (traffic.offline()) throw unreachable();
  };
  const commitOf = (id: string): Commit => {
    const commit = copy.commits.get(id);
    if (commit === undefined) throw new Error(`commit ${id} is not in our copy`);
    return commit;
  };
  const done = <T>(value: T): Promise<T> => Promise.resolve(value);
  return {
    location: 'hub',
    branch: 'main',
    prepare: () => done(undefined),
    tip() {
      reach();
      return done(hub.refs.get(MAIN) ?? null);
    },
    async fetch() {
      await done(undefined);
      traffic.step('fetch');
      reach();
      const tip = hub.refs.get(MAIN) ?? null;
      if (tip !== null) {
        copy.take(hub, tip);
        copy.refs.set('refs/remotes/hub/main', tip);
      }
      traffic.step('fetched');
      return tip;
    },
    descends: (tip, from) => done(copy.commits.has(from) && copy.history(tip).some(({ id }) => id === from)),
    list: (commit) =>
      done(
        [...commitOf(commit).tree].map(([path, { oid, mode }]): RemoteEntry => ({
          ...{ path, utf8: true, mode, oid },
          size: copy.blobs.get(oid)?.length ?? null,
        })),
      ),
    stamps(after, tip) {
      const known = after === null ? new Set<string>() : new Set(copy.history(after).map(({ id }) => id));
      const stamps = new Map<string, Stamp>();
      for (const { message } of copy.history(tip, known))
        for (const [path, stamp] of stampsOf(message)) if (!stamps.has(path)) stamps.set(path, stamp);
      return done(stamps);
    },
    everHeld(commit) {
      const held = new Map<string, Set<string>>();
      for (const { tree } of copy.history(commit))
        for (const [path, { oid }] of tree) held.set(path, (held.get(path) ?? new Set()).add(oid));
      return done(held);
    },
    versions: () => done([]),
    lacks: (oids) => done(oids.filter((oid) => !copy.blobs.has(oid) && !waiting.has(oid))),
    read(oids) {
      const found = new Map<string, Uint8Array>();
      for (const oid of oids) {
        const bytes = waiting.get(oid) ?? copy.blobs.get(oid);
        if (bytes === undefined) throw new Error(`content ${oid} is not in our copy`);
        found.set(oid, bytes);
      }
      return done(found);
    },
    put(bytes) {
      const oid = blobId(bytes);
      waiting.set(oid, bytes);
      return done(oid);
    },
    async commit(plan, ref) {
      await done(undefined);
      traffic.step('commit');
      const commit = madeOf(plan, plan.basis === null ? new Map() : commitOf(plan.basis).tree);
      for (const [oid, bytes] of waiting) copy.blobs.set(oid, bytes);
      waiting.clear();
      for (const { oid } of commit.tree.values())
        if (!copy.blobs.has(oid)) throw new Error(`a commit names the content ${oid}, which nobody put`);
      for (const parent of commit.parents) commitOf(parent);
      copy.commits.set(commit.id, commit);
      if (ref !== null) copy.refs.set(ref, commit.id);
      traffic.step('committed');
      return commit.id;
    },
    ref: (name) => done(copy.refs.get(name) ?? null),
    async publish(id, expected) {
      await done(undefined);
      traffic.step('publish');
      await traffic.race();
      reach();
      const before = hub.refs.get(MAIN);
      const commit = commitOf(id);
      const isNext = before === undefined || copy.history(id).some((each) => each.id === before);
      if (!traffic.unsafePush && ((before ?? null) !== expected || !isNext)) return 'moved';
      hub.take(copy, id);
      hub.refs.set(MAIN, id);
      copy.refs.set('refs/remotes/hub/main', id);
      traffic.published(commit, before);
      traffic.step('published');
      return 'published';
    },
    pushAside(id, branch) {
      hub.take(copy, id);
      hub.refs.set(`refs/heads/${branch}`, id);
      return done(undefined);
    },
    tidy: () => done(undefined),
  };
}

function madeOf(
  { changes, parents, message, at, author }: CommitPlan,
  basis: ReadonlyMap<string, Leaf>,
): Commit {
  const tree = new Map(basis);
  for (const [path, leaf] of changes) if (leaf === null) tree.delete(path);
  for (const [path, leaf] of changes) {
    if (leaf === null) continue;
    // As git has it: a file takes the place of a directory, and the other way round.
    for (const other of [...tree.keys()])
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) tree.delete(other);
    tree.set(path, { oid: leaf.oid, mode: leaf.mode });
  }
  const sorted = new Map([...tree].sort(([a], [b]) => (a < b ? -1 : 1)));
  const id = createHash('sha1')
    .update(JSON.stringify([[...sorted], parents, message, at, author]))
    .digest('hex');
  return { id, tree: sorted, parents, message, author };
}
