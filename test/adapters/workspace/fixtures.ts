// A data directory and its state in scratch directories.
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import { hashBytes } from '../../../adapters/files/hash.js';
import {
  openWorkspace,
  type OpenWorkspace,
  type WorkspaceOptions,
} from '../../../adapters/workspace/open-workspace.js';
import type { Version } from '../../../domain/sync/model.js';
import type { FileChange, ScanOptions, ScanResult } from '../../../domain/sync/ports.js';

export interface Place {
  readonly root: string;
  readonly dir: string;
  readonly workspace: OpenWorkspace;
}

/** A joined workspace, and nothing in it. */
export async function place(options: Partial<WorkspaceOptions> = {}): Promise<Place> {
  const top = mkdtempSync(path.join(tmpdir(), 'nxs-space-'));
  onTestFinished(() => rmSync(top, { recursive: true, force: true }));
  const [root, dir] = [path.join(top, 'data'), path.join(top, 'state')];
  mkdirSync(root);
  mkdirSync(dir);
  const workspace = openWorkspace({ root, dir, ...options });
  await workspace.join();
  return { root, dir, workspace };
}

/** Writes a file whose times lie an hour back, as those of files do that nobody is writing. */
export function put(root: string, name: string, content: string, ago = 3600): string {
  const file = path.join(root, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
  const at = Date.now() / 1000 - ago;
  utimesSync(file, at, at);
  return file;
}

export function idOf(content: string): string {
  return hashBytes(Buffer.from(content)).oid;
}

function versionOf(content: string, mode: Version['mode'] = '100644'): Version {
  return { oid: idOf(content), mode, size: Buffer.byteLength(content) };
}

/** A change of a file; null is nothing. */
export function change(
  name: string,
  from: string | null,
  to: string | null,
  mode?: Version['mode'],
): FileChange {
  return {
    path: name,
    expected: from === null ? null : idOf(from),
    wanted: to === null ? null : versionOf(to, mode),
  };
}

/** Contents by id, for apply(). */
export function contentsOf(...texts: readonly string[]) {
  const all = new Map(texts.map((text) => [idOf(text), Buffer.from(text) as Uint8Array]));
  return (oids: readonly string[]) =>
    Promise.resolve(
      new Map(oids.flatMap((oid) => (all.has(oid) ? [[oid, all.get(oid) as Uint8Array] as const] : []))),
    );
}

export async function scan(
  { workspace }: Pick<Place, 'workspace'>,
  options: Partial<ScanOptions> = {},
): Promise<ScanResult & { readonly read: readonly string[] }> {
  const read: string[] = [];
  const result = await workspace.scan({
    covered: () => true,
    largest: 1_000_000,
    settle: 0,
    fresh: (name) => {
      read.push(name);
      return Promise.resolve();
    },
    ...options,
  });
  return { ...result, read: read.sort() };
}

/** Path -> content of all files below, ours left out. */
export function filesOf(root: string): Record<string, string> {
  const found: Record<string, string> = {};
  const walk = (dir: string): void => {
    for (const name of readdirSync(path.join(root, dir)).sort()) {
      const at = dir === '' ? name : `${dir}/${name}`;
      if (name.startsWith('.nxs-')) continue;
      if (statSync(path.join(root, at)).isDirectory()) walk(at);
      else found[at] = readFileSync(path.join(root, at), 'utf8');
    }
  };
  walk('');
  return found;
}

/** Contents of the copies that were kept. */
export function copiesOf({ dir }: Pick<Place, 'dir'>): string[] {
  return Object.values(filesOf(path.join(dir, 'backups'))).sort();
}
