// Git skips what it believes to hold, so a broken object cannot simply be sent again. Good copies are built
// elsewhere, brought in as a pack of their own, and only then the packs with the bad copies are taken out.
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { CancelSignal, Stage } from '../../domain/backup/ports.js';
import { syncDirectory } from '../files/atomic-write.js';
import { storeFailure } from './failure.js';
import { type GoodCopies, bringIn, collectGoodCopies } from './heal-copies.js';
import { mendIndexes, removeDerivedFiles } from './heal-indexes.js';
import { type Rewritten, rewriteDamagedPacks } from './heal-packs.js';
import { brokenObjects } from './sound.js';
import { type GitStore, callOn, ownDirectory, packDirectory } from './store.js';

/**
 * The port's heal(): blobs from the stage, the newest commit's own objects (commit, trees, manifest) from the
 * copy that each publish keeps. Throws DESTINATION_UNWRITABLE and CANCELLED; what could not be healed is said
 * in the sentence, and the damaged pack is then kept aside, never deleted.
 */
export async function healStore(
  store: GitStore,
  oids: readonly string[],
  stage: Stage,
  signal?: CancelSignal,
): Promise<string> {
  const work = path.join(ownDirectory(store), `work-${String(process.pid)}-heal`);
  try {
    await rm(work, { recursive: true, force: true });
    await mkdir(work, { recursive: true, mode: 0o700 });
    await removeDerivedFiles(store);
    const indexes = await mendIndexes(store, work, signal);
    const copies = await collectGoodCopies(store, oids, stage, work, signal);
    const names = await bringIn(store, copies.packs);
    const brought = { names, oids: new Set(copies.oids) };
    const wanted = new Set([...oids, ...copies.spine]);
    const rewritten = await rewriteDamagedPacks(store, wanted, brought, work, signal);
    await syncDirectory(packDirectory(store));
    const still = await brokenObjects(store, [...wanted], signal);
    return sentence(indexes, copies, rewritten, wanted.size, still.length);
  } catch (error) {
    throw storeFailure(callOn(store, []).where, error);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function sentence(
  indexes: number,
  copies: GoodCopies,
  packs: Rewritten,
  wanted: number,
  still: number,
): string {
  const parts = [`${String(wanted - still)} of ${String(wanted)} broken objects are whole again`];
  if (copies.spine.length > 0) parts.push(`${String(copies.spine.length)} of them the newest commit's own`);
  if (indexes > 0) parts.push(`${count(indexes, 'pack index', 'pack indexes')} rebuilt`);
  if (packs.rewritten > 0) parts.push(`${count(packs.rewritten, 'damaged pack', 'damaged packs')} rewritten`);
  if (packs.lost > 0) {
    parts.push(
      `${count(packs.lost, 'object', 'objects')} of older backups could not be saved, the damaged packs are kept in ${packs.keptIn}`,
    );
  }
  return `${parts.join('; ')}.`;
}

function count(n: number, one: string, many: string): string {
  return `${String(n)} ${n === 1 ? one : many}`;
}
