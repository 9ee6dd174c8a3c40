// Makes the repository, when a person asks for it: private, empty but for a word to people, on the branch that is configured.
import { NxsError } from '../../domain/errors.js';
import { bootstrap } from './bootstrap.js';
import { statusOf } from './failure.js';
import { readRef } from './head.js';
import type { GithubStore } from './store.js';

export interface Made {
  /** False: it was there already. */
  readonly created: boolean;
  readonly private: boolean;
  readonly url: string;
}

/** Creates it when it is not there, and its first commit when it has none. Throws DESTINATION_DENIED. */
export async function initRepository(store: GithubStore): Promise<Made> {
  const { octokit, at } = store.client;
  let created = false;
  let found = await lookUp(store);
  if (found === null) {
    const { data: user } = await octokit.rest.users.getAuthenticated();
    const about = {
      name: at.repo,
      private: true,
      auto_init: false,
      description: 'Backups by nxs',
      has_issues: false,
      has_projects: false,
      has_wiki: false,
    };
    const own = user.login.toLowerCase() === at.owner.toLowerCase();
    try {
      if (own) await octokit.rest.repos.createForAuthenticatedUser({ ...about, request: { once: true } });
      else await octokit.rest.repos.createInOrg({ ...about, org: at.owner, request: { once: true } });
      created = true;
    } catch (error) {
      throw refused(store, error, own);
    } finally {
      // A lost reply may have made it.
      found = await lookUp(store);
    }
  }
  if (found === null)
    throw new NxsError('DESTINATION_UNREACHABLE', `${store.client.where} could not be made.`);
  if ((await readRef(store)) === null) await bootstrap(store, store.prefix);
  return { created, ...found };
}

async function lookUp(store: GithubStore): Promise<Omit<Made, 'created'> | null> {
  const { octokit, at } = store.client;
  try {
    const { data } = await octokit.rest.repos.get(at);
    return { private: data.private, url: data.html_url };
  } catch (error) {
    if (statusOf(error) === 404) return null;
    throw error;
  }
}

function refused(store: GithubStore, error: unknown, own: boolean): unknown {
  const status = statusOf(error);
  if (status !== 403 && status !== 404) return error;
  const { owner, repo } = store.client.at;
  const who = own ? 'your account' : `the organisation ${owner}`;
  return new NxsError(
    'DESTINATION_DENIED',
    `This token may not make repositories for ${who}: make ${owner}/${repo} by hand (private, without a README), or use a token with the permission "Administration: write".`,
    { status, access: 'forbidden', said: '' },
  );
}
