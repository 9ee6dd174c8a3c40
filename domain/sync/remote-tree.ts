// The hub's tree is what anybody could push: nothing of it becomes a file here that did not pass this (SYNC.md, step 8).
import { comparePaths, foldPath, unsafePath } from '../paths.js';
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
const DEVICE = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

const KINDS: Readonly<Record<string, string>> = {
  '120000': 'it is a symbolic link',
  '160000': 'it is a submodule',
};

/**
 * Parts the entries of a commit. Of several names that a file system may take for one (case, accents), the first in byte order
 * is taken and the others are left alone, so that every node decides the same.
 */
export function validTree(entries: readonly RemoteEntry[], rules: TreeRules): ValidTree {
  const rejected: Hold[] = [];
  const good: { readonly path: string; readonly version: Version }[] = [];
  for (const entry of entries) {
    const { path } = entry;
    if (isOurCorner(path)) continue;
    const wrong = refusal(entry, rules);
    if (wrong !== null) rejected.push({ path, ...wrong });
    else if (rules.covers(path)) good.push({ path, version: versionOf(entry) });
  }
  good.sort((a, b) => comparePaths(a.path, b.path));
  const files = new Set(good.map(({ path }) => foldPath(path)));
  const taken = new Map<string, string>();
  const tree = new Map<string, Version>();
  for (const { path, version } of good) {
    const folded = foldPath(path);
    const twin = taken.get(folded) ?? fileAbove(folded, files);
    if (twin === undefined) {
      taken.set(folded, path);
      tree.set(path, version);
    } else
      rejected.push({
        path,
        reason: 'rejected',
        detail: `many file systems take it for ${JSON.stringify(twin)}`,
      });
  }
  return { tree, rejected };
}

/** The hub's own corner: merge logs and the like, never a file of ours. */
export function isOurCorner(path: string): boolean {
  return path.startsWith('.nxs/');
}

function refusal(entry: RemoteEntry, { largest }: TreeRules): Pick<Hold, 'reason' | 'detail'> | null {
  const { path, mode, size } = entry;
  const no = (detail: string) => ({ reason: 'rejected', detail }) as const;
  if (!entry.utf8) return no('its name is not UTF-8');
  const unsafe = unsafePath(path);
  if (unsafe !== null) return no(unsafe);
  if (mode !== '100644' && mode !== '100755') return no(KINDS[mode] ?? `it has the mode ${mode}`);
  if (path.normalize('NFC') !== path) return no('its name is not in the composed form (NFC)');
  const device = path.split('/').find((name) => DEVICE.test(name) || /[. ]$/.test(name));
  if (device !== undefined) return no(`"${device}" is no name on Windows`);
  if (size === null) return no('it has no size');
  return size > largest
    ? { reason: 'too_large', detail: `it has ${size} bytes, more than ${largest}` }
    : null;
}

function versionOf({ oid, mode, size }: RemoteEntry): Version {
  return { oid, mode: mode === '100755' ? '100755' : '100644', size: size ?? 0 };
}

/** A file whose name is a directory of this path, when case is folded. */
function fileAbove(folded: string, files: ReadonlySet<string>): string | undefined {
  for (let at = folded.indexOf('/'); at !== -1; at = folded.indexOf('/', at + 1)) {
    const above = folded.slice(0, at);
    if (files.has(above)) return above;
  }
  return undefined;
}
