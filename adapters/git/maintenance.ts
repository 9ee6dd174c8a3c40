// One pack a run is right for durability and wrong for a year of hourly runs: git slows down with each pack.
import { readdir } from 'node:fs/promises';
import { tryGit } from './process.js';
import { type GitStore, callOn, packDirectory } from './store.js';

const MOST_PACKS = 50;

/**
 * Rolls small packs together (geometric series: the large ones stay) once there are more than 50. Its failure
 * fails no backup: the packs stay as they were, and broken ones are found by verification.
 */
export async function maintain(store: GitStore): Promise<boolean> {
  const names = await readdir(packDirectory(store)).catch(() => []);
  if (names.filter((name) => name.endsWith('.pack')).length <= MOST_PACKS) return false;
  const { exit } = await tryGit(callOn(store, ['repack', '--geometric=2', '-d', '-q']));
  return exit.code === 0;
}
