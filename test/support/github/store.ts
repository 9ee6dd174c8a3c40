// The emulator's rows, as far as tests touch them behind the API's back: what a disk, an administrator or time does.
import type { Collection, Store } from '@emulators/core';

interface Row {
  readonly id: number;
  readonly created_at: string;
  readonly updated_at: string;
}

export interface RepoRow extends Row {
  readonly name: string;
  readonly full_name: string;
  readonly private: boolean;
  readonly visibility: 'private' | 'public';
  readonly archived: boolean;
  readonly default_branch: string;
}

interface OfRepo extends Row {
  readonly repo_id: number;
}

interface BlobRow extends OfRepo {
  readonly sha: string;
  readonly content: string;
  readonly encoding: 'utf-8' | 'base64';
  readonly size: number;
}

export interface TreeEntryRow {
  readonly path: string;
  readonly mode: string;
  readonly type: 'blob' | 'tree' | 'commit';
  readonly sha: string;
}

interface TreeRow extends OfRepo {
  readonly sha: string;
  readonly tree: readonly TreeEntryRow[];
}

export interface CommitRow extends OfRepo {
  readonly sha: string;
  readonly tree_sha: string;
  readonly committer_date: string;
}

interface RefRow extends OfRepo {
  readonly ref: string;
  readonly sha: string;
}

interface BranchRow extends OfRepo {
  readonly name: string;
  readonly sha: string;
}

export type Rows = ReturnType<typeof rowsOf>;

export function rowsOf(store: Store) {
  const rows = <T extends Row>(name: string): Collection<T> => store.collection<T>(`github.${name}`);
  const repos = () => rows<RepoRow>('repos');
  /** By `owner/name`, in any case, as GitHub does. */
  const find = (name: string) =>
    repos()
      .all()
      .find((each) => each.full_name.toLowerCase() === name.toLowerCase());
  const repo = (name: string): RepoRow => find(name) ?? missing(`repository ${name}`);
  const blob = (of: string, sha: string): BlobRow =>
    rows<BlobRow>('blobs')
      .findBy('repo_id', repo(of).id)
      .find((each) => each.sha === sha) ?? missing(`blob ${sha}`);
  return {
    find,
    repo,
    byId: (id: number) => repos().get(id),
    updateRepo: (name: string, change: Partial<RepoRow>) => repos().update(repo(name).id, change),
    blobIds: (of: string): readonly string[] =>
      rows<BlobRow>('blobs')
        .findBy('repo_id', repo(of).id)
        .map((each) => each.sha),
    bytes: (of: string, sha: string): Buffer => bytesOf(blob(of, sha)),
    setBytes: (of: string, sha: string, bytes: Buffer) =>
      rows<BlobRow>('blobs').update(blob(of, sha).id, {
        content: bytes.toString('base64'),
        encoding: 'base64',
      }),
    tree: (of: string, sha: string): readonly TreeEntryRow[] =>
      rows<TreeRow>('trees')
        .findBy('repo_id', repo(of).id)
        .find((each) => each.sha === sha)?.tree ?? missing(`tree ${sha}`),
    /** Takes a blob or a tree away. */
    remove: (of: string, sha: string) => {
      const { id } = repo(of);
      for (const kind of ['blobs', 'trees'] as const) {
        for (const each of rows<BlobRow | TreeRow>(kind).findBy('repo_id', id)) {
          if (each.sha === sha) rows<BlobRow | TreeRow>(kind).delete(each.id);
        }
      }
    },
    commit: (of: string, sha: string): CommitRow =>
      rows<CommitRow>('commits')
        .findBy('repo_id', repo(of).id)
        .find((each) => each.sha === sha) ?? missing(`commit ${sha}`),
    /** Head of a branch; null when there is no such branch. */
    head: (of: string, branch: string): string | null =>
      rows<RefRow>('refs')
        .findBy('repo_id', repo(of).id)
        .find((each) => each.ref === `refs/heads/${branch}`)?.sha ?? null,
    isEmpty: (of: string): boolean => rows<RefRow>('refs').findBy('repo_id', repo(of).id).length === 0,
    removeBranch: (of: string, branch: string) => {
      const { id } = repo(of);
      for (const each of rows<RefRow>('refs').findBy('repo_id', id)) {
        if (each.ref === `refs/heads/${branch}`) rows<RefRow>('refs').delete(each.id);
      }
      for (const each of rows<BranchRow>('branches').findBy('repo_id', id)) {
        if (each.name === branch) rows<BranchRow>('branches').delete(each.id);
      }
    },
  };
}

function bytesOf(row: BlobRow): Buffer {
  return Buffer.from(row.content, row.encoding === 'base64' ? 'base64' : 'utf8');
}

function missing(what: string): never {
  throw new Error(`the peer has no ${what}`);
}
