// A log that lost entries here after they were captured and before any other node had them: a torn write, an editor that saved an
// old buffer. What the captures hold is put back before the log meets the hub, for an entry that was once seen stays.
import { mergeLogs } from '../../domain/sync/append-log.js';
import type { MergeNote, Tree, Version } from '../../domain/sync/model.js';
import type { SyncMemory } from '../../domain/sync/ports.js';
import type { SyncPorts } from './ports.js';

export interface WholeLogs {
  /** The local tree, with such logs made whole. */
  readonly local: Tree;
  readonly notes: readonly MergeNote[];
  /** Paths whose file here is to become what `local` says. */
  readonly mended: ReadonlySet<string>;
}

/** Looks at logs that had more than one version since both sides were last equal. */
export async function wholeLogs(
  ports: SyncPorts,
  { pending, forgotten }: Pick<SyncMemory, 'pending' | 'forgotten'>,
  local: Tree,
): Promise<WholeLogs> {
  const tree = new Map(local);
  const notes: MergeNote[] = [];
  const mended = new Set<string>();
  for (const [path, { version, earlier }] of pending) {
    if (version === null || earlier.length === 0) continue;
    const whole = await folded(ports, [...earlier, version.oid], new Set(forgotten));
    if (whole === null) continue;
    const bytes = ports.encode(whole.text);
    const oid = ports.blobId(bytes);
    if (oid === version.oid) continue;
    await ports.hub.put(bytes);
    const next: Version = { oid, mode: version.mode, size: bytes.length };
    tree.set(path, next);
    mended.add(path);
    for (const key of whole.kept)
      notes.push({
        ...{ path, rule: 'append-entry-kept', kept: oid, lost: null, other: null },
        detail: `this node no longer had ${JSON.stringify(key)}; it stays`,
      });
  }
  return { local: tree, notes, mended };
}

/** Version by version: what a later one no longer has stays. Null when one of them is no text. */
async function folded(
  { hub, decode, sha256 }: SyncPorts,
  oids: readonly string[],
  forgotten: ReadonlySet<string>,
): Promise<{ readonly text: string; readonly kept: readonly string[] } | null> {
  const contents = await hub.read(oids);
  const kept: string[] = [];
  let base: string | null = null;
  let whole: string | null = null;
  for (const oid of oids) {
    const text = decode(contents.get(oid) ?? new Uint8Array());
    if (text === null) return null;
    if (base === null || whole === null) whole = text;
    else {
      const merged = mergeLogs({ base, first: whole, second: text, forgotten }, sha256);
      kept.push(...merged.kept.map(({ key }) => key));
      whole = merged.text;
    }
    base = text;
  }
  return whole === null ? null : { text: whole, kept };
}
