// What commits say: listings, the stamps in their messages, and which versions a path had. One process each.
import { isUtf8 } from 'node:buffer';
import { NxsError } from '../../domain/errors.js';
import { isoOf } from '../../domain/moment.js';
import { isAscii } from '../../domain/paths.js';
import type { Stamp } from '../../domain/sync/model.js';
import type { PastVersion, RemoteEntry } from '../../domain/sync/ports.js';
import { stampsOf } from '../../domain/sync/trailer.js';
import { assertCommit } from '../git/list.js';
import { tryGit } from '../git/process.js';
import { callOn, type GitStore } from '../git/store.js';

const ABSENT = '0'.repeat(40);

async function ask(store: GitStore, args: readonly string[]): Promise<Buffer> {
  const { exit, stdout } = await tryGit(callOn(store, args));
  if (exit.code === 0) return stdout;
  const said = exit.stderr.trim().split('\n').at(-1) ?? '';
  throw new NxsError(
    'HUB_DAMAGED',
    `Our copy of the hub (${store.path}) cannot be read: ${said.replace(/^fatal: /, '')}.`,
  );
}

/** All entries of a commit, of any kind. */
export async function listTree(store: GitStore, commit: string): Promise<readonly RemoteEntry[]> {
  assertCommit(commit);
  return entriesIn(
    (await ask(store, ['ls-tree', '-r', '-l', '-z', '--full-tree', commit])).toString('latin1'),
  );
}

/** What `ls-tree -r -l -z` printed, a character a byte; it ends where it makes no sense. */
export function entriesIn(text: string): readonly RemoteEntry[] {
  const entries: RemoteEntry[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf('\0', at);
    const tab = text.indexOf('\t', at);
    if (end < 0 || tab < 0 || tab > end) break;
    const [mode = '', , oid = '', size = ''] = text.slice(at, tab).split(/ +/);
    const name = nameOf(text.slice(tab + 1, end));
    entries.push({ ...name, mode, oid, size: /^\d+$/.test(size) ? Number(size) : null });
    at = end + 1;
  }
  return entries;
}

/** A name as text; what is no UTF-8 stays a character a byte. */
function nameOf(latin1: string): { readonly path: string; readonly utf8: boolean } {
  if (isAscii(latin1)) return { path: latin1, utf8: true };
  const bytes = Buffer.from(latin1, 'latin1');
  return isUtf8(bytes) ? { path: bytes.toString('utf8'), utf8: true } : { path: latin1, utf8: false };
}

/** Per path the stamp that the commit nearest to the tip gives it: children come before their parents. */
export async function readStamps(
  store: GitStore,
  after: string | null,
  tip: string,
): Promise<ReadonlyMap<string, Stamp>> {
  assertCommit(tip);
  if (after !== null) assertCommit(after);
  const range = after === null ? [tip] : [tip, `^${after}`];
  const text = (await ask(store, ['log', '--topo-order', '--format=%x01%B', ...range, '--'])).toString(
    'utf8',
  );
  const stamps = new Map<string, Stamp>();
  for (const message of text.split('\u0001')) {
    for (const [path, stamp] of stampsOf(message)) if (!stamps.has(path)) stamps.set(path, stamp);
  }
  return stamps;
}

interface Change {
  readonly before: string;
  readonly after: string;
  readonly path: string;
}

/** `:mode mode oid oid status NUL path NUL`, after a header of the commit. */
export function changesIn(raw: string): Change[] {
  const changes: Change[] = [];
  for (const [, before = '', after = '', path = ''] of raw.matchAll(
    /:\d{6} \d{6} ([0-9a-f]{40}) ([0-9a-f]{40}) [A-Z]\d*\0([^\0]*)\0/g,
  ))
    changes.push({ before, after, path });
  return changes;
}

/** Object ids that each path ever had. */
export async function readEverHeld(
  store: GitStore,
  commit: string,
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  assertCommit(commit);
  const args = [
    'log',
    '--format=',
    '--raw',
    '--no-renames',
    '--no-abbrev',
    '-z',
    '-m',
    '--root',
    commit,
    '--',
  ];
  const held = new Map<string, Set<string>>();
  for (const { before, after, path } of changesIn((await ask(store, args)).toString('utf8'))) {
    const set = held.get(path) ?? new Set<string>();
    held.set(path, set);
    for (const oid of [before, after]) if (oid !== ABSENT) set.add(oid);
  }
  return held;
}

/** Versions of a path, the newest first, each once. */
export async function readVersions(
  store: GitStore,
  path: string,
  commits: readonly string[],
): Promise<readonly PastVersion[]> {
  for (const commit of commits) assertCommit(commit);
  const format = '--format=%x01%H%x02%aI%x02%an%x02';
  const shape = ['--raw', '--no-renames', '--no-abbrev', '-z', '-m', '--root', '--full-history'];
  const text = (await ask(store, ['log', format, ...shape, ...commits, '--', path])).toString('utf8');
  const versions: PastVersion[] = [];
  const seen = new Set<string>();
  for (const part of text.split('\u0001').slice(1)) {
    const [commit = '', at = '', node = '', raw = ''] = part.split('\u0002');
    for (const change of changesIn(raw)) {
      const oid = change.after === ABSENT ? null : change.after;
      const key = oid ?? commit;
      if (change.path !== path || seen.has(key)) continue;
      seen.add(key);
      versions.push({ commit, at: isoOf(at), node, oid });
    }
  }
  return versions;
}

/** True when `tip` is `from`, or comes after it; false also when our copy does not know `from` any more. */
export async function isDescendant(store: GitStore, tip: string, from: string): Promise<boolean> {
  assertCommit(tip);
  assertCommit(from);
  if (tip === from) return true;
  const { exit } = await tryGit(callOn(store, ['merge-base', '--is-ancestor', from, tip]));
  return exit.code === 0;
}
