// A repository without a commit takes no trees and no blobs: one file by the contents API makes its first commit.
import type { Change } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { statusOf } from './failure.js';
import { readRef } from './head.js';
import type { GithubStore } from './store.js';

const README = `# Backups by nxs

What lies here is written and proved by nxs. Do not edit it by hand: the next run would put it back.
To get it back on a new machine: docs/backup.md, "A lost machine".
`;

/** A word to people who look at the repository. Below our own directory: it never counts as somebody else's file. */
export function readme(prefix: string): Change['extra'][number] {
  return { path: `${prefix}.nxs/README.md`, bytes: new TextEncoder().encode(README) };
}

/** Makes the first commit and returns its id. Its tree is remembered. */
export async function bootstrap(store: GithubStore, prefix: string): Promise<string> {
  const { octokit, at, where } = store.client;
  try {
    const { data } = await octokit.rest.repos.createOrUpdateFileContents({
      ...at,
      branch: store.branch,
      path: readme(prefix).path,
      message: 'Make room for backups',
      content: Buffer.from(README).toString('base64'),
      request: { once: true },
    });
    const { sha, tree } = data.commit;
    if (sha !== undefined) {
      const move =
        tree?.sha === undefined ? null : { commit: sha, tree: tree.sha, before: null, at: Date.now() };
      if (move !== null) await store.memory.update((memory) => ({ ...memory, move }));
      return sha;
    }
  } catch (error) {
    const lost = error instanceof NxsError && error.code === 'DESTINATION_UNREACHABLE';
    // A file that is there by now: a lost reply, or another writer.
    if (!lost && statusOf(error) !== 409 && statusOf(error) !== 422) throw error;
  }
  const commit = await readRef(store);
  if (commit === null) {
    throw new NxsError('DESTINATION_UNREACHABLE', `${where}: its first commit could not be made.`);
  }
  return commit;
}
