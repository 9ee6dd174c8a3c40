// What a person writes who wants to know that the bytes are there: octokit as it comes, every blob by its id, and sha256.
import { Octokit } from '@octokit/rest';
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { OWNER, type GithubServer } from './github-peer.js';

export interface OctokitLoop {
  /** Lists the branch's head and hashes every blob of it, so many at a time. Returns the bytes. */
  check(parallel: number): Promise<number>;
  /** Fetches the archive of the branch and does not look into it. */
  fetchArchive(): Promise<unknown>;
  /** As check, and each file is written below `to`. */
  restore(parallel: number, to: string): Promise<number>;
}

export function openOctokitLoop({ url, token }: GithubServer, repo: string): OctokitLoop {
  const octokit = new Octokit({ auth: token, baseUrl: url });
  const at = { owner: OWNER, repo };
  async function readAll(parallel: number, take: (file: string, bytes: Buffer) => Promise<unknown>) {
    const { data } = await octokit.rest.git.getTree({ ...at, tree_sha: 'main', recursive: '1' });
    const blobs = data.tree.filter(({ type }) => type === 'blob');
    let total = 0;
    const readOn = async () => {
      for (let blob = blobs.pop(); blob !== undefined; blob = blobs.pop()) {
        const { data: read } = await octokit.rest.git.getBlob({ ...at, file_sha: blob.sha });
        const bytes = Buffer.from(read.content, 'base64');
        createHash('sha256').update(bytes).digest('hex');
        total += bytes.length;
        await take(blob.path, bytes);
      }
    };
    await Promise.all(Array.from({ length: parallel }, readOn));
    return total;
  }
  return {
    check: (parallel) => readAll(parallel, () => Promise.resolve()),
    fetchArchive: () => octokit.rest.repos.downloadTarballArchive({ ...at, ref: 'main' }),
    restore: (parallel, to) =>
      readAll(parallel, async (file, bytes) => {
        await mkdir(path.dirname(path.join(to, file)), { recursive: true });
        await writeFile(path.join(to, file), bytes);
      }),
  };
}
