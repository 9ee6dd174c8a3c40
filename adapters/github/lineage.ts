// Did the branch only ever grow since we last saw it? A history that was set back is not an ordinary change, whoever did it.
import type { ForeignCommit, Lineage } from '../../domain/backup/ports.js';
import { isoOf } from '../../domain/moment.js';
import { statusOf } from './failure.js';
import { hasCommit, readHead } from './head.js';
import type { GithubStore } from './store.js';

/** Commits that are looked at, and that are named. */
const LOOKED_AT = 100;
const NAMED = 5;

/** The port's lineage(). */
export async function lineageOf(store: GithubStore, recorded: string): Promise<Lineage> {
  const head = await readHead(store);
  if (head === null) return { kind: (await hasCommit(store, recorded)) ? 'gone' : 'recreated' };
  if (head.commit === recorded) return { kind: 'same' };
  const { octokit, at } = store.client;
  try {
    const { data } = await octokit.rest.repos.compareCommitsWithBasehead({
      ...at,
      basehead: `${recorded}...${head.commit}`,
      per_page: LOOKED_AT,
    });
    if (data.status === 'identical') return { kind: 'same' };
    if (data.status !== 'ahead') return { kind: 'rewound' };
    const foreign = data.commits.filter(({ commit }) => !isOurs(commit.message));
    const beyond = Math.max(0, data.total_commits - data.commits.length);
    const commits = foreign.slice(-NAMED).reverse().map(foreignCommit);
    return { kind: 'descends', commits, count: foreign.length + beyond };
  } catch (error) {
    // Nothing in common, or a commit that is not there.
    if (statusOf(error) !== 404) throw error;
    return { kind: (await hasCommit(store, recorded)) ? 'rewound' : 'recreated' };
  }
}

/** A run of ours that was killed before it could write down what it did, or another node's under its own prefix. */
function isOurs(message: string): boolean {
  return /^Nxs-Run: \S+$/m.test(message);
}

function foreignCommit(item: {
  readonly sha: string;
  readonly commit: {
    readonly message: string;
    readonly author: { readonly name?: string; readonly date?: string } | null;
  };
}): ForeignCommit {
  const { message, author } = item.commit;
  return {
    commit: item.sha,
    at: isoOf(author?.date ?? 0),
    author: author?.name ?? 'somebody',
    subject: message.split('\n')[0] ?? '',
  };
}
