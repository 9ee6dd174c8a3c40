// A data directory of the simulation, with the moments in which somebody else may write, or the power may go.
import type { Hold } from '../../../domain/sync/model.js';
import type { Applied, FileChange, ScanOptions, Scanned, Workspace } from '../../../domain/sync/ports.js';
import { blobId } from './git.js';

export interface DiskFile {
  readonly bytes: Uint8Array;
  /** ms, by the clock of the node, or whatever a copy left there. */
  readonly mtime: number;
}

interface Journal {
  readonly changes: readonly FileChange[];
}

/** What outlives a crash. */
export class Disk {
  readonly files = new Map<string, DiskFile>();
  readonly backups = new Map<string, Uint8Array>();
  readonly staging = new Map<string, Uint8Array>();
  seen = new Map<string, string>();
  journal: Journal | null = null;
  joined = false;
}

export interface Moments {
  /** ms, by the clock of the node. */
  now(): number;
  /** The power may go here. */
  step(name: string): void;
  /** Somebody may write this file here. */
  writer(path: string): void;
  /** Sync took a content out of its place. */
  replaced(bytes: Uint8Array): void;
  readonly blind: boolean;
  readonly keeps: boolean;
  readonly recovers: boolean;
}

function stampOf({ bytes, mtime }: DiskFile): string {
  return `${mtime} ${blobId(bytes)}`;
}

export function simulatedWorkspace(disk: Disk, moments: Moments): Workspace {
  let learnt = new Map<string, string>();

  const keep = (bytes: Uint8Array): string => {
    const id = blobId(bytes);
    if (moments.keeps) disk.backups.set(id, bytes);
    return id;
  };

  /** What came out of a place: what we meant to replace, or somebody's fresh work. */
  const judge = ({ path, expected, wanted }: FileChange, out: Uint8Array): Omit<Applied, 'path'> => {
    const id = blobId(out);
    if (id === expected || moments.blind) {
      moments.replaced(out);
      const backup = keep(out);
      disk.staging.delete(path);
      return { result: 'done', oid: wanted?.oid ?? null, detail: null, backup };
    }
    const now = disk.files.get(path);
    const isOurs =
      wanted === null ? now === undefined : now !== undefined && blobId(now.bytes) === wanted.oid;
    if (isOurs) disk.files.set(path, { bytes: out, mtime: moments.now() });
    else {
      moments.replaced(out);
      keep(out);
    }
    disk.staging.delete(path);
    return { result: 'raced', oid: null, detail: 'somebody wrote', backup: null };
  };

  const isBlocked = (path: string): boolean => {
    for (const other of disk.files.keys())
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) return true;
    return false;
  };

  const change = (entry: FileChange, contents: ReadonlyMap<string, Uint8Array>): Omit<Applied, 'path'> => {
    const { path, expected, wanted } = entry;
    moments.writer(path);
    const id = idOf(disk.files.get(path));
    if (id === (wanted?.oid ?? null)) return { result: 'done', oid: id, detail: null, backup: null };
    if (id !== expected && !moments.blind)
      return { result: 'raced', oid: null, detail: 'changed', backup: null };
    if (wanted !== null && isBlocked(path))
      return { result: 'failed', oid: null, detail: 'in the way', backup: null };
    moments.step('before the exchange');
    moments.writer(path);
    const out = disk.files.get(path);
    if (wanted === null) disk.files.delete(path);
    else {
      const bytes = contents.get(wanted.oid);
      if (bytes === undefined) throw new Error(`no content for ${path}`);
      if (expected === null && out !== undefined && !moments.blind)
        return { result: 'raced', oid: null, detail: 'made anew', backup: null };
      disk.files.set(path, { bytes, mtime: moments.now() });
    }
    if (out === undefined) return { result: 'done', oid: wanted?.oid ?? null, detail: null, backup: null };
    disk.staging.set(path, out.bytes);
    moments.step('after the exchange');
    return judge(entry, out.bytes);
  };

  return {
    root: 'data',
    check: () => Promise.resolve(disk.joined ? { state: 'ok' } : { state: 'never_joined' }),
    join() {
      disk.joined = true;
      return Promise.resolve();
    },
    async scan(options) {
      await Promise.resolve();
      const began = moments.now();
      const files = new Map<string, Scanned>();
      const holds: Hold[] = [];
      learnt = new Map();
      for (const [path, file] of [...disk.files]) await look(path, file, { options, files, holds, began });
      return { files, holds, began, ended: moments.now() };
    },
    look: (path) => Promise.resolve(idOf(disk.files.get(path))),
    remember() {
      disk.seen = new Map(learnt);
      return Promise.resolve();
    },
    recover() {
      const { journal } = disk;
      if (journal === null || !moments.recovers) return Promise.resolve([]);
      return Promise.resolve(
        journal.changes.map((entry): Applied => {
          const out = disk.staging.get(entry.path);
          const outcome = out === undefined ? null : judge(entry, out);
          if (outcome?.result === 'raced') return { path: entry.path, ...outcome };
          const id = idOf(disk.files.get(entry.path));
          const isDone = id === (entry.wanted?.oid ?? null);
          return { path: entry.path, result: isDone ? 'done' : 'raced', oid: id, detail: null, backup: null };
        }),
      );
    },
    async apply(_cycle, changes, contents) {
      const deletions = changes.filter(({ wanted }) => wanted === null);
      const order = [...deletions, ...changes.filter(({ wanted }) => wanted !== null)];
      disk.journal = { changes: order };
      const bytes = await contents(order.flatMap(({ wanted }) => wanted?.oid ?? []));
      moments.step('journal written');
      return order.map((entry) => ({ path: entry.path, ...change(entry, bytes) }));
    },
    settle() {
      disk.journal = null;
      return Promise.resolve();
    },
  };

  async function look(
    path: string,
    file: DiskFile,
    work: { options: ScanOptions; files: Map<string, Scanned>; holds: Hold[]; began: number },
  ): Promise<void> {
    const { options, files, holds, began } = work;
    if (!options.covered(path)) return;
    if (Math.abs(began - file.mtime) < options.settle) {
      holds.push({ path, reason: 'deferred', detail: 'it is being written' });
      return;
    }
    const oid = blobId(file.bytes);
    const version = { oid, mode: '100644' as const, size: file.bytes.length };
    files.set(path, { version, mtime: file.mtime });
    learnt.set(path, stampOf(file));
    const isKnown = disk.seen.get(path) === stampOf(file) && options.again?.has(path) !== true;
    if (!isKnown) await options.fresh(path, version, file.bytes);
  }
}

function idOf(file: DiskFile | undefined): string | null {
  return file === undefined ? null : blobId(file.bytes);
}
