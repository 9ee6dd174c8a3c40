// The hub's tree is what anybody could push: nothing of it becomes a file here that did not pass this (SYNC.md, step 8).
import { unsafePath } from '../paths.js';
import type { Hold, Tree, Version } from './model.js';
import type { RemoteEntry } from './ports.js';

export interface TreeRules {
  readonly covers: (path: string) => boolean;
  /** Larger files are left alone, in bytes. */
  readonly largest: number;
}

export interface ValidTree {
  /** What may become files here. */
  readonly tree: Tree;
  /** What may not, and stays in the hub as it is. Names may be wild: they are for people, escaped by whoever prints them. */
  readonly rejected: readonly Hold[];
}

/** Names that are devices on Windows, with or without an extension. */
const DEVICE = /^(con|conin\$|conout\$|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]) *([.:]|$)/i;

/** To NTFS, a stream of git's directory is the directory. */
const GIT_STREAM = /^(\.git|git~[0-9]+)[ .]*:/i;

const KINDS: Readonly<Record<string, string>> = {
  '120000': 'it is a symbolic link',
  '160000': 'it is a submodule',
};

/** Parts the entries of a commit. Names that a file system may take for one another pass: they are resolved by a plan. */
export function validTree(entries: readonly RemoteEntry[], rules: TreeRules): ValidTree {
  const rejected = new Map<string, Hold>();
  const tree = new Map<string, Version>();
  for (const entry of entries) {
    const { path } = entry;
    if (isOurCorner(path)) continue;
    const twice: Refusal = { reason: 'rejected', detail: 'its name is there twice' };
    const wrong = tree.has(path) ? twice : refusal(entry, rules);
    if (wrong !== null) rejected.set(path, { path, ...wrong });
    else if (rules.covers(path)) tree.set(path, versionOf(entry));
  }
  for (const path of rejected.keys()) tree.delete(path);
  return { tree, rejected: [...rejected.values()] };
}

/** The hub's own corner: merge logs and the like, never a file of ours. */
export function isOurCorner(path: string): boolean {
  return path.startsWith('.nxs/');
}

type Refusal = Pick<Hold, 'reason' | 'detail'>;

/** Why no node would take a file of this name from the hub, in one phrase; null when all would. */
export function unfitName(path: string): string | null {
  const unsafe = unsafePath(path);
  if (unsafe !== null) return unsafe;
  if (/^[A-Za-z]:/.test(path)) return 'it begins with a drive letter';
  if (path.normalize('NFC') !== path) return 'its name is not in the composed form (NFC)';
  const device = path
    .split('/')
    .find((name) => DEVICE.test(name) || GIT_STREAM.test(name) || /[. ]$/.test(name));
  return device === undefined ? null : `"${device}" is no name on Windows`;
}

function refusal(entry: RemoteEntry, { largest }: TreeRules): Refusal | null {
  const { path, mode, size } = entry;
  const no = (detail: string): Refusal => ({ reason: 'rejected', detail });
  if (!entry.utf8) return no('its name is not UTF-8');
  const unfit = unfitName(path);
  if (unfit !== null) return no(unfit);
  if (mode !== '100644' && mode !== '100755') return no(KINDS[mode] ?? `it has the mode ${mode}`);
  if (size === null) return no('it has no size');
  return size > largest
    ? { reason: 'too_large', detail: `it has ${size} bytes, more than ${largest}` }
    : null;
}

function versionOf({ oid, mode, size }: RemoteEntry): Version {
  return { oid, mode: mode === '100755' ? '100755' : '100644', size: size ?? 0 };
}
