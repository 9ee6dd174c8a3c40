// What other people do to a repository, through the emulator's own API and past the scripted layer: it is not counted, and
// no fault that a test has planned strikes it.
import { OWNER, type Emulator } from './emulator.js';

export interface Author {
  readonly name: string;
  readonly email: string;
}

/** Path -> content; null removes the file. */
export type Files = Readonly<Record<string, string | Uint8Array | null>>;

export type Call = <T>(method: string, path: string, body?: unknown) => Promise<T>;

/** Calls the emulator as the person whose token it is; throws for every answer that is not good. */
export function callerOf(emulator: Emulator, url: string, token: string): Call {
  return async <T>(method: string, path: string, body?: unknown) => {
    const response = await emulator.fetch(
      new Request(`${url}${path}`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  };
}

export interface NewRepo {
  /** `octocat` unless given; `acme` is an organization. */
  readonly owner?: string;
  readonly name: string;
  /** True unless given. */
  readonly private?: boolean;
  /** With a first commit that holds README.md; without one the repository is empty. */
  readonly withReadme?: boolean;
}

/** Returns `owner/name`. */
export async function createRepo(call: Call, repo: NewRepo): Promise<string> {
  const { owner = OWNER, name, private: hidden = true, withReadme = false } = repo;
  const path = owner === OWNER ? '/user/repos' : `/orgs/${owner}/repos`;
  await call('POST', path, { name, private: hidden, auto_init: withReadme });
  return `${owner}/${name}`;
}

/** One commit on top of `parent` (null: the first); returns its id. Moves or creates the branch. */
export async function commitFiles(
  call: Call,
  repo: string,
  branch: string,
  parent: string | null,
  files: Files,
  author: Author,
): Promise<string> {
  const at = `/repos/${repo}/git`;
  const entries = await Promise.all(
    Object.entries(files).map(async ([path, content]) => {
      const entry = { path, mode: '100644', type: 'blob' };
      if (content === null) return { ...entry, sha: null };
      const body = { content: Buffer.from(content).toString('base64'), encoding: 'base64' };
      return { ...entry, sha: (await call<{ sha: string }>('POST', `${at}/blobs`, body)).sha };
    }),
  );
  const base =
    parent === null
      ? {}
      : {
          base_tree: (await call<{ tree: { sha: string } }>('GET', `${at}/commits/${parent}`)).tree.sha,
        };
  const tree = await call<{ sha: string }>('POST', `${at}/trees`, { ...base, tree: entries });
  const { sha } = await call<{ sha: string }>('POST', `${at}/commits`, {
    message: `Change ${Object.keys(files).join(', ')}`,
    tree: tree.sha,
    parents: parent === null ? [] : [parent],
    author,
    committer: author,
  });
  if (parent === null) await call('POST', `${at}/refs`, { ref: `refs/heads/${branch}`, sha });
  else await call('PATCH', `${at}/refs/heads/${branch}`, { sha });
  return sha;
}
