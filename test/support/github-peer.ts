// GitHub for tests: a third-party emulator that we did not write (so that it cannot share our mistakes) with real object
// ids, and in front of it a scripted layer of ours for what the emulator lacks. Which claims rest on our layer is said in
// the first comment of each file of test/support/github, and in docs/testing.md.
import { randomBytes } from 'node:crypto';
import { archives } from './github/archive.js';
import {
  contentForms,
  emptyRepository,
  gitForms,
  knownTokens,
  missingRef,
  repositoryNames,
  wholeBranch,
} from './github/as-github.js';
import { openChaos, type Chaos, type Struck } from './github/chaos.js';
import { OWNER, STRANGER, openEmulator } from './github/emulator.js';
import { flipped, planFaults, type Fault, type Planned } from './github/faults.js';
import { rewriteHeals } from './github/healing.js';
import type { World } from './github/layer.js';
import { callerOf, commitFiles, createRepo, type Author, type Files, type NewRepo } from './github/people.js';
import { pushProtection, rateLimits, tokenRights, trees } from './github/refusals.js';
import { serve, type Heard } from './github/serve.js';
import { staleReads } from './github/stale.js';
import { rowsOf, type Rows } from './github/store.js';
import { unlimited } from './github/unlimited.js';
import { AS_GITHUB, type Switches } from './github/switches.js';

/** Repositories are named `owner/name`. */
export interface GithubPeer {
  /** Base URL of the REST API, without a slash at its end. */
  readonly url: string;
  /** Of `octocat`, with every right. */
  readonly token: string;
  readonly tokens: {
    readonly full: string;
    /** Of `octocat`; every write is refused. */
    readonly readOnly: string;
    /** Of `hubot`, who sees nothing private of `octocat`'s. */
    readonly stranger: string;
  };
  /** From now on this token is unknown. */
  revoke(token: string): void;
  /** Switches standing behaviours; what is not named stays. */
  set(change: Partial<Switches>): void;
  /** Plans a fault for the next requests that match. */
  next(fault: Fault): Planned;
  /** Drops all planned faults, and sets every switch back. */
  calm(): void;
  /** Random faults from a seed; null ends them. */
  chaos(chaos: Chaos | null): void;
  struck(): readonly Struck[];

  createRepo(repo: NewRepo): Promise<string>;
  deleteRepo(repo: string): Promise<void>;
  /** Deleted and made anew under its name: another repository, empty unless `withReadme`. */
  recreateRepo(repo: string, how?: Pick<NewRepo, 'private' | 'withReadme'>): Promise<void>;
  archive(repo: string, archived?: boolean): void;
  /** Returns the new `owner/name`; the old one redirects. */
  rename(repo: string, name: string): string;
  setPrivate(repo: string, hidden: boolean): void;

  head(repo: string, branch: string): string | null;
  /** A commit by somebody else on top of the branch, or its first; returns its id. */
  commitForeign(repo: string, branch: string, files: Files, author?: Author): Promise<string>;
  /** A force push: the branch is at this commit now, which the repository must hold. */
  rewind(repo: string, branch: string, commit: string): Promise<void>;
  deleteBranch(repo: string, branch: string): void;

  /** What a commit holds, read past every layer: path -> stored bytes; null: the object is lost. */
  files(repo: string, commit: string): ReadonlyMap<string, Buffer | null>;
  blobIds(repo: string): readonly string[];
  /** The stored bytes, as they are. */
  blob(repo: string, oid: string): Buffer;
  /** Flips a stored byte; id and size stay. */
  rot(repo: string, oid: string): void;
  /** The stored blob or tree is gone; trees and commits still name it. */
  lose(repo: string, oid: string): void;

  /** Requests by route since the start or the last reset, such as `POST /repos/{owner}/{repo}/git/blobs`. */
  counts(): Readonly<Record<string, number>>;
  /** The same, one by one, in order of arrival. */
  requests(): readonly Heard[];
  resetCounts(): void;
  close(): Promise<void>;
}

const SOMEBODY: Author = { name: 'Some Body', email: 'somebody@example.com' };

export async function startGithub(switches: Partial<Switches> = {}): Promise<GithubPeer> {
  const tokens = { full: newToken(), readOnly: newToken(), stranger: newToken() };
  // Of people who act past the layer: no test can revoke it.
  const hand = newToken();
  const owners = {
    [tokens.full]: OWNER,
    [tokens.readOnly]: OWNER,
    [hand]: OWNER,
    [tokens.stranger]: STRANGER,
  };
  const initial = { ...AS_GITHUB, ...switches };
  const renamed = new Map<string, number>();
  const plan = planFaults();
  const chaos = openChaos();
  let state: World & { switches: Switches };

  const served = await serve(async (url) => {
    const emulator = await openEmulator(url, owners);
    state = { emulator, rows: rowsOf(emulator.store), switches: initial };
    const layers = [
      ...[chaos.layer, plan.layer, rateLimits(Date.now), repositoryNames(renamed), knownTokens],
      unlimited(),
      ...[tokenRights(new Set([tokens.readOnly])), archives, emptyRepository, pushProtection, trees],
      ...[staleReads(), wholeBranch, missingRef, contentForms, gitForms, rewriteHeals],
    ];
    return { world: state, layers };
  });
  const { rows, emulator } = state!;
  const call = callerOf(emulator, served.url, hand);
  const remove = (repo: string) => call<null>('DELETE', `/repos/${rows.repo(repo).full_name}`);

  return {
    url: served.url,
    token: tokens.full,
    tokens,
    revoke: (token) => void emulator.tokens.delete(token),
    set: (change) => void (state.switches = { ...state.switches, ...change }),
    next: (fault) => plan.add(fault),
    calm() {
      plan.clear();
      chaos.set(null);
      state.switches = initial;
    },
    chaos: (wanted) => chaos.set(wanted),
    struck: () => chaos.struck(),

    createRepo: (repo) => createRepo(call, repo),
    async deleteRepo(repo) {
      await remove(repo);
    },
    async recreateRepo(repo, how = {}) {
      const [owner = '', name = ''] = repo.split('/');
      const before = rows.repo(repo);
      await remove(repo);
      await createRepo(call, { private: before.private, ...how, owner, name });
    },
    archive: (repo, archived = true) => void rows.updateRepo(repo, { archived }),
    rename(repo, name) {
      const { id, full_name } = rows.repo(repo);
      const next = `${full_name.split('/')[0] ?? ''}/${name}`;
      renamed.set(full_name.toLowerCase(), id);
      rows.updateRepo(repo, { name, full_name: next });
      return next;
    },
    setPrivate: (repo, hidden) =>
      void rows.updateRepo(repo, { private: hidden, visibility: hidden ? 'private' : 'public' }),

    head: (repo, branch) => rows.head(repo, branch),
    commitForeign: (repo, branch, files, author = SOMEBODY) =>
      commitFiles(call, repo, branch, rows.head(repo, branch), files, author),
    async rewind(repo, branch, sha) {
      await call('PATCH', `/repos/${repo}/git/refs/heads/${branch}`, { sha, force: true });
    },
    deleteBranch: (repo, branch) => rows.removeBranch(repo, branch),

    files: (repo, commit) => filesOf(rows, repo, rows.commit(repo, commit).tree_sha),
    blobIds: (repo) => rows.blobIds(repo),
    blob: (repo, oid) => rows.bytes(repo, oid),
    rot: (repo, oid) => void rows.setBytes(repo, oid, flipped(rows.bytes(repo, oid))),
    lose: (repo, oid) => rows.remove(repo, oid),

    counts: () => countByRoute(served.heard),
    requests: () => served.heard.map((each) => ({ ...each })),
    resetCounts: () => void served.heard.splice(0),
    close: () => served.close(),
  };
}

function filesOf(rows: Rows, repo: string, tree: string, below = ''): Map<string, Buffer | null> {
  const found = new Map<string, Buffer | null>();
  const held = new Set(rows.blobIds(repo));
  for (const { path, type, sha } of rows.tree(repo, tree)) {
    const at = below + path;
    if (type === 'tree') for (const each of filesOf(rows, repo, sha, `${at}/`)) found.set(...each);
    else found.set(at, held.has(sha) ? rows.bytes(repo, sha) : null);
  }
  return found;
}

function countByRoute(heard: readonly Heard[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { route } of heard) counts[route] = (counts[route] ?? 0) + 1;
  return counts;
}

// Made up anew each time, so that no committed text looks like a credential.
function newToken(): string {
  return `github_pat_${randomBytes(20).toString('hex')}`;
}
