// Which backups there are, and which one a person means. What a person types must never reach git as an option.
import type { Revision } from '../../domain/backup/ports.js';
import { parseAt } from '../../domain/backup/revision.js';
import { NxsError } from '../../domain/errors.js';
import { isoOf } from '../../domain/moment.js';
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
    return [{ commit, at: isoOf(Number(seconds) * 1000), subject: subject.join('\t') }];
  });
}

/**
 * The commit that `at` names: an id or a unique beginning of one, a tag or branch, or an ISO date (the newest at
 * or before it; a bare day means its end, UTC). Null when there is none.
 */
export async function resolveRevision(store: GitStore, at: string): Promise<string | null> {
  const wanted = parseAt(at);
  if (wanted.kind === 'bad') {
    if (/^\d{4}-/.test(at)) throw new NxsError('USAGE', `${JSON.stringify(at)} is not a date.`);
    return null;
  }
  if ((await storedRef(store)) === null) return null;
  if (wanted.kind === 'instant') return newestBefore(store, wanted.at);
  const [found] = await checkObjects(store, [`${wanted.name}^{commit}`]);
  return found?.oid ?? null;
}

async function newestBefore(store: GitStore, instant: number): Promise<string | null> {
  const until = String(Math.floor(instant / 1000));
  // log prints nothing when there is none, and simple-git waits on silence: the count line breaks it.
  const args = ['log', '--max-count=1', `--until=${until}`, '--format=%H', branchRef(store), '--'];
  const output = await runGit(callOn(store, args));
  return output.trim() || null;
}
