// Which backups there are, and which one a person means. What a person types must never reach git as an option.
import type { Revision } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { checkObjects } from './batch-check.js';
import { storedRef } from './list.js';
import { runGit } from './run.js';
import { type GitStore, branchRef, callOn } from './store.js';

/** Backups on the branch, newest first. */
export async function listRevisions(store: GitStore, limit: number): Promise<readonly Revision[]> {
  if ((await storedRef(store)) === null) return [];
  const count = String(Math.max(1, Math.floor(limit)));
  const args = ['log', '-z', `--max-count=${count}`, '--format=%H%x09%ct%x09%s', branchRef(store), '--'];
  const output = await runGit(callOn(store, args));
  return output.split('\0').flatMap((row) => {
    const [commit, seconds, ...subject] = row.trim().split('\t');
    if (commit === undefined || seconds === undefined) return [];
    return [{ commit, at: new Date(Number(seconds) * 1000).toISOString(), subject: subject.join('\t') }];
  });
}

const DATE = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

/**
 * The commit that `at` names: an id or a unique beginning of one, a tag or branch, or an ISO date (the newest at
 * or before it; a bare day means its end, UTC). Null when there is none.
 */
export async function resolveRevision(store: GitStore, at: string): Promise<string | null> {
  const text = at.trim();
  if (text === '' || text.startsWith('-') || /[\s\0]/.test(text.replace(' ', 'T'))) return null;
  if ((await storedRef(store)) === null) return null;
  if (DATE.test(text)) return newestBefore(store, text);
  const [found] = await checkObjects(store, [`${text}^{commit}`]);
  return found?.oid ?? null;
}

async function newestBefore(store: GitStore, date: string): Promise<string | null> {
  const day = date.length === 10;
  const zoned = day || /(Z|[+-]\d{2}:?\d{2})$/.test(date) ? date : `${date}Z`;
  const stamp = Date.parse(day ? `${date}T23:59:59.999Z` : zoned.replace(' ', 'T'));
  if (Number.isNaN(stamp)) throw new NxsError('USAGE', `${JSON.stringify(date)} is not a date.`);
  const until = String(Math.floor(stamp / 1000));
  // log prints nothing when there is none, and simple-git waits on silence: the count line breaks it.
  const args = ['log', '--max-count=1', `--until=${until}`, '--format=%H', branchRef(store), '--'];
  const output = await runGit(callOn(store, args));
  return output.trim() || null;
}
