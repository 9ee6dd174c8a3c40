// All changes of one cycle: a journal of them first, then one after the other, then their directories to the disk.
import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { comparePaths, unsafePath } from '../../domain/paths.js';
import { errnoOf, errorMessage } from '../../domain/errors.js';
import type { Applied, FileChange } from '../../domain/sync/ports.js';
import { syncDirectory } from '../files/atomic-write.js';
import { openBelow, type Directory } from '../files/restore-dir.js';
import { newJournal, type ApplyJournal, type JournalEntry, writeJournal } from './apply-journal.js';
import { exchangesIn, type Exchange } from './exchange.js';
import { STAGING } from './layout.js';
import { changeFile, contentId, judge, type Spot } from './place.js';

/** Contents are asked for in portions of so many bytes. */
const PORTION = 32 * 1024 * 1024;

export interface ApplySite {
  readonly root: string;
  readonly journal: string;
  readonly backups: string;
  readonly exchange: Exchange | null;
  /** Places where it was tried, and whether it works there. */
  readonly exchanging: Map<string, boolean>;
  /** Name on the disk, where it is not the path itself. */
  readonly names: ReadonlyMap<string, string>;
  /** Replaced versions, to be looked at once more: a writer may still have had them open. */
  kept(path: string, backup: string, oid: string): void;
}

type Contents = (oids: readonly string[]) => Promise<ReadonlyMap<string, Uint8Array>>;

/** Makes the changes. What one of them meets is its own result, and stops no other. */
export async function applyAll(
  site: ApplySite,
  cycle: string,
  changes: readonly FileChange[],
  contents: Contents,
  now: number,
): Promise<readonly Applied[]> {
  if (changes.length === 0) return [];
  const stamp = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  const journal = newJournal(cycle, stamp, inOrder(changes), randomUUID().slice(0, 8));
  await writeJournal(site.journal, journal);
  const results: Applied[] = [];
  const touched = new Set<string>();
  for (const portion of portions(journal.entries)) {
    const bytes = await contents(portion.flatMap(({ wanted }) => (wanted === null ? [] : [wanted.oid])));
    for (const entry of portion) {
      const content = entry.wanted === null ? null : (bytes.get(entry.wanted.oid) ?? null);
      const work = (spot: Spot) => changeFile(spot, content);
      const result = await atSpot(site, journal, entry, touched, work, entry.wanted !== null);
      results.push(result);
      // What comes next may need the name of a directory that this emptied.
      if (entry.wanted === null && result.backup !== null)
        await removeEmptied(site.root, parentOf(site, entry.path));
    }
  }
  await finishDirectories(site.root, touched);
  return results;
}

/** What an interrupted apply left: each entry is brought to one of its ends. */
export async function recoverAll(site: ApplySite, journal: ApplyJournal): Promise<readonly Applied[]> {
  const results: Applied[] = [];
  const touched = new Set<string>();
  for (const entry of journal.entries) {
    const work = async (spot: Spot) => {
      const target = spot.parent.at(spot.name);
      const staged = await contentId(spot.staging.at(entry.staging));
      // Ours, and it never got its name (or has it by a second link): nothing of anybody else's is in it.
      if (staged === entry.wanted?.oid) await unlink(spot.staging.at(entry.staging));
      const outcome = staged === null || staged === entry.wanted?.oid ? null : await judge(spot, target);
      if (outcome !== null && outcome.result !== 'done') return outcome;
      const id = await contentId(target);
      if (id === (entry.wanted?.oid ?? null))
        return { result: 'done' as const, oid: id, detail: null, backup: outcome?.backup ?? null };
      return {
        result: 'raced' as const,
        oid: null,
        detail: 'it was interrupted',
        backup: outcome?.backup ?? null,
      };
    };
    results.push(await atSpot(site, journal, entry, touched, work, false));
  }
  await finishDirectories(site.root, touched);
  await sweepLeft(site);
  return results;
}

/** Deletions first, so that a file can take the place of a directory. */
function inOrder(changes: readonly FileChange[]): FileChange[] {
  const rank = ({ wanted }: FileChange) => (wanted === null ? 0 : 1);
  return [...changes].sort((a, b) => rank(a) - rank(b) || comparePaths(a.path, b.path));
}

function* portions(entries: readonly JournalEntry[]): Generator<readonly JournalEntry[]> {
  let portion: JournalEntry[] = [];
  let bytes = 0;
  for (const entry of entries) {
    portion.push(entry);
    bytes += entry.wanted?.size ?? 0;
    if (bytes < PORTION) continue;
    yield portion;
    portion = [];
    bytes = 0;
  }
  yield portion;
}

/** Opens the way to a file without following a link, does the work, and closes it again. */
async function atSpot(
  site: ApplySite,
  journal: ApplyJournal,
  entry: JournalEntry,
  touched: Set<string>,
  work: (spot: Spot) => Promise<Omit<Applied, 'path'>>,
  make: boolean,
): Promise<Applied> {
  const { path } = entry;
  const failed = (detail: string): Applied => ({ path, result: 'failed', oid: null, detail, backup: null });
  const unsafe = unsafePath(path);
  if (unsafe !== null) return failed(unsafe);
  const components = (site.names.get(path) ?? path).split('/');
  const name = components.pop() ?? '';
  const opened: Directory[] = [];
  try {
    const way = await openBelow(site.root, components, make);
    if (way.state === 'blocked') return failed(way.reason);
    if (way.state === 'absent') return absent(entry);
    opened.push(way.directory);
    const stage = await openBelow(site.root, [...way.base, STAGING], true);
    if (stage.state !== 'open') return failed('there is no room for staging');
    opened.push(stage.directory);
    const exchange =
      site.exchange !== null && canExchange(site, way.base, stage.directory) ? site.exchange : null;
    const keep = async (file: string, oid: string) => {
      const backup = await keepCopy(site.backups, `${journal.stamp}/${path}.${oid.slice(0, 8)}`, file);
      site.kept(path, backup, oid);
      return backup;
    };
    const outcome = await work({
      entry,
      parent: way.directory,
      name,
      staging: stage.directory,
      exchange,
      keep,
    });
    touched.add(components.join('/'));
    return { path, ...outcome };
  } catch (error) {
    return failed(errorMessage(error));
  } finally {
    for (const directory of opened) await directory.close();
  }
}

/** A directory that is not there holds no file. */
function absent({ path, expected, wanted }: JournalEntry): Applied {
  if (wanted === null) return { path, result: 'done', oid: null, detail: null, backup: null };
  return {
    path,
    result: 'raced',
    oid: null,
    detail: expected === null ? 'it was interrupted' : 'it is gone',
    backup: null,
  };
}

/** Tried once per place: some file systems refuse it, and some only say that they did it. */
function canExchange(
  { root, exchange, exchanging }: ApplySite,
  base: readonly string[],
  staging: Directory,
): boolean {
  if (exchange === null) return false;
  const place = join(root, ...base);
  const known = exchanging.get(place);
  if (known !== undefined) return known;
  const can = exchangesIn(staging.at('.'), exchange);
  exchanging.set(place, can);
  return can;
}

/** Moves a replaced version to the copies; the same name is the same content. */
async function keepCopy(backups: string, relative: string, file: string): Promise<string> {
  const target = join(backups, relative);
  await mkdir(dirname(target), { recursive: true, mode: 0o700 });
  try {
    await rename(file, target);
  } catch (error) {
    if (errnoOf(error) !== 'EXDEV') throw error;
    await copyFile(file, target);
    const handle = await open(target, 'r');
    await handle.sync();
    await handle.close();
    await unlink(file);
  }
  await syncDirectory(dirname(target));
  return relative;
}

/** What was renamed and linked in them is durable. */
async function finishDirectories(root: string, touched: ReadonlySet<string>): Promise<void> {
  const inner = [...touched].sort((a, b) => b.length - a.length);
  for (const dir of inner) {
    const components = dir === '' ? [] : dir.split('/');
    const way = await openBelow(root, components, false);
    if (way.state !== 'open') continue;
    await way.directory.sync();
    await way.directory.close();
  }
}

function parentOf({ names }: ApplySite, path: string): readonly string[] {
  return (names.get(path) ?? path).split('/').slice(0, -1);
}

async function removeEmptied(root: string, components: readonly string[]): Promise<void> {
  for (let depth = components.length; depth > 0; depth -= 1) {
    const way = await openBelow(root, components.slice(0, depth - 1), false);
    if (way.state !== 'open') return;
    try {
      await rmdir(way.directory.at(components[depth - 1] ?? ''));
    } catch {
      return;
    } finally {
      await way.directory.close();
    }
  }
}

/** What else lies in the staging directory is no file of any journal: probes, and leftovers of a crash before its journal. */
async function sweepLeft({ root }: ApplySite): Promise<void> {
  const way = await openBelow(root, [STAGING], false);
  if (way.state !== 'open') return;
  for (const name of await readdir(way.directory.at('.'))) {
    if (name.endsWith('.part')) await unlink(way.directory.at(name)).catch(() => undefined);
  }
  await way.directory.close();
}
