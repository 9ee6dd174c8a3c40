// GitHub's words for what git does: the few calls that a backup makes, carried out by git on a bare repository.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { git, tryGit } from './plain-git.js';

/** OWNER/NAME under which the repository is known. */
export const REPOSITORY = 'drill/backup';

/** An answer; a Buffer goes out as it is. */
export interface Answer {
  readonly status: number;
  readonly body: object | Buffer;
}

/** What a request says. */
export interface Asked {
  readonly method: string;
  /** Below `/repos/OWNER/NAME`. */
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
}

type Call = (dir: string, args: readonly string[], body: Asked['body']) => Promise<Answer>;

const NOT_FOUND: Answer = { status: 404, body: { message: 'Not Found' } };
const ID = '([0-9a-f]{40})';

const ROUTES: readonly (readonly [string, RegExp, Call])[] = [
  ['GET', /^\/git\/ref\/heads\/([\w.-]+)$/, readRef],
  ['GET', new RegExp(`^/git/commits/${ID}$`), (dir, [id = '']) => readCommit(dir, id)],
  ['GET', /^\/git\/trees\/([\w.-]+)$/, readTree],
  ['GET', new RegExp(`^/git/blobs/${ID}$`), readBlob],
  ['GET', new RegExp(`^/compare/${ID}\\.\\.\\.${ID}$`), compare],
  ['POST', /^\/git\/blobs$/, writeBlob],
  ['POST', /^\/git\/trees$/, writeTree],
  ['POST', /^\/git\/commits$/, writeCommit],
  ['POST', /^\/git\/refs$/, (dir, _args, body) => moveRef(dir, text(body['ref']), body)],
  ['PATCH', /^\/git\/refs\/(heads\/[\w.-]+)$/, (dir, [ref = ''], body) => moveRef(dir, `refs/${ref}`, body)],
];

/** Answers what it knows; everything else is a 404. */
export async function answer(dir: string, { method, path, body }: Asked): Promise<Answer> {
  for (const [verb, pattern, call] of ROUTES) {
    const found = verb === method ? pattern.exec(path) : null;
    if (found !== null) return call(dir, found.slice(1), body);
  }
  return NOT_FOUND;
}

async function readRef(dir: string, [branch = '']: readonly string[]): Promise<Answer> {
  const { code, stdout } = await tryGit(dir, ['rev-parse', '--verify', '-q', `refs/heads/${branch}`]);
  if (code !== 0) return NOT_FOUND;
  return good({
    ref: `refs/heads/${branch}`,
    object: { sha: stdout.toString('utf8').trim(), type: 'commit' },
  });
}

async function readCommit(dir: string, id: string, status = 200): Promise<Answer> {
  const { code, stdout } = await tryGit(dir, ['show', '-s', '--format=%H%n%T%n%P%n%aI%n%B', id]);
  if (code !== 0) return NOT_FOUND;
  const [sha = '', tree = '', parents = '', date = '', ...message] = stdout.toString('utf8').split('\n');
  const who = { name: 'nxs', email: 'nxs@nxs.local', date };
  const told = { sha, tree: { sha: tree }, message: message.join('\n'), author: who, committer: who };
  const above = parents.split(' ').filter((each) => each !== '');
  return { status, body: { ...told, parents: above.map((each) => ({ sha: each })) } };
}

async function readTree(dir: string, [treeish = '']: readonly string[]): Promise<Answer> {
  const { code, stdout } = await tryGit(dir, ['ls-tree', '-r', '-t', '-l', '-z', treeish]);
  if (code !== 0) return NOT_FOUND;
  const sha = await git(dir, ['rev-parse', `${treeish}^{tree}`]);
  const rows = stdout.toString('utf8').split('\0');
  const tree = rows.flatMap((row) => {
    const [, mode, type, oid, size, path] = /^(\d+) (\w+) (\w+) +(\S+)\t(.*)$/s.exec(row) ?? [];
    return path === undefined
      ? []
      : [{ path, mode, type, sha: oid, ...(type === 'blob' ? { size: Number(size) } : {}) }];
  });
  return good({ sha, tree, truncated: false });
}

async function readBlob(dir: string, [id = '']: readonly string[]): Promise<Answer> {
  const { code, stdout } = await tryGit(dir, ['cat-file', 'blob', id]);
  return code === 0 ? { status: 200, body: stdout } : NOT_FOUND;
}

async function compare(dir: string, [base = '', head = '']: readonly string[]): Promise<Answer> {
  const { code } = await tryGit(dir, ['merge-base', '--is-ancestor', base, head]);
  if (code === 128) return NOT_FOUND;
  if (code !== 0) return good({ status: 'diverged', commits: [], total_commits: 0 });
  const ids = (await git(dir, ['rev-list', '--reverse', `${base}..${head}`])).split('\n');
  const commits = await Promise.all(
    ids.filter((id) => id !== '').map(async (id) => ({ sha: id, commit: (await readCommit(dir, id)).body })),
  );
  const status = commits.length === 0 ? 'identical' : 'ahead';
  return good({ status, commits, total_commits: commits.length });
}

async function writeBlob(dir: string, _args: readonly string[], body: Asked['body']): Promise<Answer> {
  const input = Buffer.from(text(body['content']), body['encoding'] === 'base64' ? 'base64' : 'utf8');
  return made({ sha: await git(dir, ['hash-object', '-w', '--stdin'], { input }) });
}

interface Entry {
  readonly path: string;
  readonly mode: string;
  readonly sha?: string | null;
  readonly content?: string;
}

let trees = 0;

async function writeTree(dir: string, _args: readonly string[], body: Asked['body']): Promise<Answer> {
  const file = join(dir, `index-${String((trees += 1))}`);
  const env = { GIT_INDEX_FILE: file };
  try {
    const base = text(body['base_tree']);
    await git(dir, base === '' ? ['read-tree', '--empty'] : ['read-tree', base], { env });
    const lines: string[] = [];
    for (const { path, mode, sha, content } of body['tree'] as readonly Entry[]) {
      const oid = sha === undefined ? await git(dir, HASH, { input: content ?? '' }) : sha;
      lines.push(oid === null ? `0 ${'0'.repeat(40)}\t${path}\0` : `${mode} ${oid}\t${path}\0`);
    }
    await git(dir, ['update-index', '-z', '--index-info'], { env, input: lines.join('') });
    return made({ sha: await git(dir, ['write-tree'], { env }) });
  } finally {
    await rm(file, { force: true });
  }
}

const HASH = ['hash-object', '-w', '--stdin'];

async function writeCommit(dir: string, _args: readonly string[], body: Asked['body']): Promise<Answer> {
  const { name, email, date } = body['author'] as Readonly<Record<'name' | 'email' | 'date', string>>;
  const env = {
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  };
  const parents = (body['parents'] as readonly string[]).flatMap((parent) => ['-p', parent]);
  const input = text(body['message']);
  const id = await git(dir, ['commit-tree', text(body['tree']), ...parents], { env, input });
  return readCommit(dir, id, 201);
}

/** Never forced: a branch only moves to what comes after it. */
async function moveRef(dir: string, ref: string, body: Asked['body']): Promise<Answer> {
  const sha = text(body['sha']);
  const { code, stdout } = await tryGit(dir, ['rev-parse', '--verify', '-q', ref]);
  const now = code === 0 ? stdout.toString('utf8').trim() : null;
  if (now !== null && (await tryGit(dir, ['merge-base', '--is-ancestor', now, sha])).code !== 0)
    return { status: 422, body: { message: 'Update is not a fast forward' } };
  await git(dir, ['update-ref', ref, sha, now ?? '0'.repeat(40)]);
  return { status: now === null ? 201 : 200, body: { ref, object: { sha, type: 'commit' } } };
}

function good(body: object): Answer {
  return { status: 200, body };
}

function made(body: object): Answer {
  return { status: 201, body };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
