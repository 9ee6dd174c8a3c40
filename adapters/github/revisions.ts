// Which backups there are, and which one a person means.
import type { Revision } from '../../domain/backup/ports.js';
import { parseAt } from '../../domain/backup/revision.js';
import { NxsError } from '../../domain/errors.js';
import { isoOf } from '../../domain/moment.js';
import { isEmptyRepository, statusOf } from './failure.js';
import { hasCommit } from './head.js';
import { isObjectId, type GithubStore } from './store.js';

const PAGE = 100;

/** Backups on the branch, newest first. */
export async function listRevisions(store: GithubStore, limit: number): Promise<readonly Revision[]> {
  const found: Revision[] = [];
  const most = Math.max(1, Math.floor(limit));
  for (let page = 1; found.length < most; page += 1) {
    const per = Math.min(PAGE, most - found.length);
    // The size of a page must be the same for all of them.
    const rows = await commits(store, { page, per_page: most > PAGE ? PAGE : per });
    found.push(...rows);
    if (rows.length < (most > PAGE ? PAGE : per)) break;
  }
  return found.slice(0, most);
}

/** The port's resolve(). Throws USAGE for a date that is none. */
export async function resolveRevision(store: GithubStore, at: string): Promise<string | null> {
  const wanted = parseAt(at);
  if (wanted.kind === 'bad') {
    if (/^\d{4}-/.test(at)) throw new NxsError('USAGE', `${JSON.stringify(at)} is not a date.`);
    return null;
  }
  if (wanted.kind === 'instant') {
    const until = new Date(wanted.at).toISOString();
    return (await commits(store, { until, per_page: 1 }))[0]?.commit ?? null;
  }
  if (isObjectId(wanted.name)) return (await hasCommit(store, wanted.name)) ? wanted.name : null;
  return named(store, wanted.name);
}

async function named(store: GithubStore, ref: string): Promise<string | null> {
  const { octokit, at } = store.client;
  try {
    const { data } = await octokit.rest.repos.getCommit({ ...at, ref, per_page: 1 });
    return data.sha;
  } catch (error) {
    const status = statusOf(error);
    if (status === 404 || status === 409 || status === 422) return null;
    throw error;
  }
}

async function commits(
  store: GithubStore,
  query: { readonly per_page: number; readonly page?: number; readonly until?: string },
): Promise<Revision[]> {
  const { octokit, at } = store.client;
  const path = store.prefix === '' ? {} : { path: store.prefix.replace(/\/$/, '') };
  try {
    const { data } = await octokit.rest.repos.listCommits({ ...at, sha: store.branch, ...path, ...query });
    return data.map(({ sha, commit }) => ({
      commit: sha,
      at: isoOf(commit.committer?.date ?? commit.author?.date ?? 0),
      subject: commit.message.split('\n')[0] ?? '',
    }));
  } catch (error) {
    if (isEmptyRepository(error) || statusOf(error) === 404) return [];
    throw error;
  }
}
