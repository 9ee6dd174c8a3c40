// What a person wants back, or wants gone: both are changes of a file here, and go to the other nodes as such.
import { NxsError } from '../../domain/errors.js';
import { readLog } from '../../domain/sync/log-entries.js';
import { kindOf, logText } from '../../domain/sync/log-kind.js';
import type { Version } from '../../domain/sync/model.js';
import { contentOf } from './look.js';
import { NEVER_MET } from './memory.js';
import type { SyncPorts } from './ports.js';

export interface BroughtBack {
  readonly path: string;
  readonly oid: string;
  /** What stood there before is kept here, relative to the backups directory; null: nothing did. */
  readonly backup: string | null;
  /** It is there already. */
  readonly same: boolean;
}

/** Puts a version back in its place. Throws NxsError USAGE for a version that is not there or a path that is not synced. */
export async function restoreVersion(
  ports: SyncPorts,
  { path, version }: { readonly path: string; readonly version: string },
): Promise<BroughtBack> {
  const { oid, bytes } = await contentOf(ports, path, version);
  return ports.alone(() => place(ports, path, { oid, mode: '100644', size: bytes.length }, bytes));
}

async function place(
  ports: SyncPorts,
  path: string,
  wanted: Version,
  bytes: Uint8Array,
): Promise<BroughtBack> {
  const { workspace } = ports;
  const root = await workspace.check();
  if (root.state !== 'ok')
    throw new NxsError('DATA_DIR_MISSING', `${workspace.root} is not the directory that was joined.`);
  await workspace.recover();
  const now = await workspace.look(path);
  if (now === wanted.oid) return { path, oid: wanted.oid, backup: null, same: true };
  const change = { path, expected: now, wanted };
  const [result] = await workspace.apply(`restore-${wanted.oid.slice(0, 8)}`, [change], () =>
    Promise.resolve(new Map([[wanted.oid, bytes]])),
  );
  await workspace.settle();
  if (result?.result !== 'done')
    throw new NxsError(
      'LOCKED',
      `${path} was not written: ${result?.detail ?? 'it was changed meanwhile; try again'}.`,
    );
  return { path, oid: wanted.oid, backup: result.backup, same: false };
}

export interface Forgotten {
  readonly path: string;
  /** First line of the entry that is gone. */
  readonly entry: string;
  readonly backup: string | null;
}

/**
 * Removes one entry of an append log, found by a part of its first line, for good: no merge brings it back. Throws NxsError
 * USAGE when none or several fit.
 */
export async function forgetEntry(
  ports: SyncPorts,
  { path, entry, bytes }: { readonly path: string; readonly entry: string; readonly bytes: Uint8Array },
): Promise<Forgotten> {
  const text = ports.decode(bytes);
  if (text === null) throw new NxsError('USAGE', `${path} is no text.`);
  const mark = text.startsWith('\ufeff') ? '\ufeff' : '';
  const source = logText(text.slice(mark.length));
  const { parts } = readLog(source, kindOf([source, source, source]));
  const fits = parts.slice(1).filter(({ key }) => key.includes(entry));
  const [found, ...others] = fits;
  if (found === undefined || others.length > 0) {
    const named = fits.slice(0, 5).map(({ key }) => JSON.stringify(key));
    const why = found === undefined ? 'no entry has' : `${fits.length} entries have (${named.join(', ')})`;
    throw new NxsError('USAGE', `In ${path} ${why} ${JSON.stringify(entry)} in the first line.`);
  }
  const left = parts.filter((each) => each !== found).map((each) => each.text + each.gap);
  const rest = ports.encode(mark + left.join(''));
  const version: Version = { oid: ports.blobId(rest), mode: '100644', size: rest.length };
  return ports.alone(async () => {
    const { memory } = await ports.keeping.memory();
    const known = memory ?? NEVER_MET;
    const forgotten = [...new Set([...known.forgotten, ports.sha256(found.plain)])];
    await ports.keeping.saveMemory({ ...known, forgotten, settled: false });
    const { backup } = await place(ports, path, version, rest);
    return { path, entry: found.key, backup };
  });
}
