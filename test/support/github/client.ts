// The product's own client against the peer, for tests of the peer itself and of what others do to a repository.
import { createHash } from 'node:crypto';
import { Octokit } from '@octokit/rest';
import type { GithubPeer } from '../github-peer.js';

const SILENT = { debug() {}, info() {}, warn() {}, error() {} };

export function clientOf(github: Pick<GithubPeer, 'url' | 'token'>, token = github.token): Octokit {
  return new Octokit({ baseUrl: github.url, auth: token, log: SILENT });
}

export function named(repo: string): { readonly owner: string; readonly repo: string } {
  const [owner = '', name = ''] = repo.split('/');
  return { owner, repo: name };
}

/** Uploads a blob and returns its id. */
export async function putBlob(
  github: Pick<GithubPeer, 'url' | 'token'>,
  repo: string,
  content: Buffer | string,
  token?: string,
): Promise<string> {
  const body = { content: Buffer.from(content).toString('base64'), encoding: 'base64' };
  return (await clientOf(github, token).git.createBlob({ ...named(repo), ...body })).data.sha;
}

/** The id that git gives a blob. */
export function blobId(content: Buffer | string): string {
  const bytes = Buffer.from(content);
  return createHash('sha1').update(`blob ${bytes.length}\0`).update(bytes).digest('hex');
}
