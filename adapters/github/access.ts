// The seed's "repository access" check: is the token good, may it write, for how long, and is the repository what it was? Each
// trouble is told apart, because each has another cure.
import type { Access, AccessState } from '../../domain/backup/ports.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { factsOf, isEmptyRepository } from './failure.js';
import type { GithubStore } from './store.js';

/** A token that ends sooner than this (ms) is told of. */
const EXPIRES_SOON_MS = 7 * 24 * 3_600_000;
/** The empty file: GitHub keeps it once, whoever writes it. */
const PROBE = '';

type Finding = Pick<Access, 'state' | 'detail'>;

/** The port's access(); never throws. */
export async function repositoryAccess(store: GithubStore): Promise<Access> {
  const finding = await look(store).catch((error: unknown) => findingOf(error));
  return { ...finding, free: null, sameDisk: false };
}

async function look(store: GithubStore): Promise<Finding> {
  const { octokit, at, where } = store.client;
  const { data, headers } = await octokit.rest.repos.get(at);
  const name = `${at.owner}/${at.repo}`;
  if (data.archived)
    return { state: 'archived', detail: `${where} is archived: it can be read, not written.` };
  if (data.full_name.toLowerCase() !== name.toLowerCase()) {
    return { state: 'renamed', detail: `${where} is called ${data.full_name} now; mend owner and repo.` };
  }
  const replies = headers as Readonly<Record<string, string | undefined>>;
  await mayWrite(store, replies['x-oauth-scopes'], data.permissions?.push, data.private);
  const end = expiry(replies['github-authentication-token-expiration']);
  if (end !== null && end - Date.now() < EXPIRES_SOON_MS) {
    return { state: 'expiring', detail: `${where}: the token ends at ${new Date(end).toISOString()}.` };
  }
  const open = data.private ? '' : '; it is public: everybody can read the backups';
  return { state: 'ok', detail: `${where} can be read and written${open}.` };
}

/** Throws DESTINATION_DENIED when the token may not write. */
async function mayWrite(
  store: GithubStore,
  scopes: string | undefined,
  push: boolean | undefined,
  closed: boolean,
): Promise<void> {
  const { octokit, at, where } = store.client;
  const forbidden = (why: string): NxsError =>
    new NxsError('DESTINATION_DENIED', `${where}: ${why}.`, { status: 403, access: 'forbidden', said: why });
  if (push === false) throw forbidden('the account of this token may not push to it');
  if (scopes !== undefined && scopes !== '') {
    const held = scopes.split(',').map((scope) => scope.trim());
    if (held.includes('repo') || (!closed && held.includes('public_repo'))) return;
    throw forbidden(`the token has the scopes ${scopes}, and needs "repo"`);
  }
  // A fine-grained token does not say what it may: only a write tells. Nothing refers to this one.
  try {
    await octokit.rest.git.createBlob({ ...at, content: PROBE, encoding: 'utf-8' });
  } catch (error) {
    if (!isEmptyRepository(error)) throw error;
  }
}

/** GitHub's form: `2026-12-01 10:00:00 UTC`. */
function expiry(header: string | undefined): number | null {
  if (header === undefined) return null;
  const end = Date.parse(header.replace(' UTC', 'Z').replace(' ', 'T'));
  return Number.isNaN(end) ? null : end;
}

function findingOf(error: unknown): Finding {
  const detail = errorMessage(error);
  if (error instanceof NxsError && error.code === 'RATE_LIMITED') return { state: 'limited', detail };
  const state: AccessState = factsOf(error)?.access ?? 'unreadable';
  return { state, detail };
}
