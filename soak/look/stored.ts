// What lies in a destination, read past the product: by git, or by the emulator's own store; hashed by us.
import { createHash } from 'node:crypto';
import type { GithubServer } from '../../bench/subjects/github-peer.js';
import { tryGit } from '../../drill/backup/plain-git.js';
import type { StoredFile } from '../checks/backup.js';

const MANIFEST = '.nxs/manifest.ndjson';
const BOXES = '.nxs/boxes.ndjson';

type Files = ReadonlyMap<string, Buffer | null>;

/** Files as their owner knows them: those in parts are put together again. */
export async function githubFiles(github: GithubServer, repo: string, commit: string | null): Promise<Files> {
  if (commit === null) return new Map();
  const stored = await github.stored(repo, commit);
  const files = new Map(stored);
  for (const line of (stored.get(BOXES)?.toString('utf8') ?? '').split('\n').slice(1)) {
    if (line === '') continue;
    const { path, boxes } = JSON.parse(line) as {
      readonly path: string;
      readonly boxes: readonly { readonly path: string }[];
    };
    const parts = boxes.map((box) => stored.get(box.path) ?? null);
    files.set(
      path,
      parts.some((part) => part === null) ? null : Buffer.concat(parts.flatMap((part) => part ?? [])),
    );
  }
  return files;
}

/** The files that the manifest of a commit names; null: there is no manifest. */
export async function gitFiles(dir: string, commit: string): Promise<Files> {
  const listed = await tryGit(dir, ['ls-tree', '-r', '-z', commit]);
  const rows = listed.stdout
    .toString('utf8')
    .split('\0')
    .filter((row) => row !== '');
  const files = new Map<string, Buffer | null>();
  const entries = rows.map((row) => /^\d+ \w+ ([0-9a-f]{40})\t(.*)$/s.exec(row) ?? []);
  const batch = await tryGit(dir, ['cat-file', '--batch'], {
    input: entries.map(([, oid = '']) => `${oid}\n`).join(''),
  });
  const read = batch.code === 0 ? blobsOf(batch.stdout) : new Map<string, Buffer>();
  for (const [, oid = '', path = ''] of entries) {
    const bytes = read.get(oid) ?? (await oneBlob(dir, oid));
    // git does not hash what it reads from a pack.
    files.set(path, bytes);
  }
  return files;
}

async function oneBlob(dir: string, oid: string): Promise<Buffer | null> {
  const { code, stdout } = await tryGit(dir, ['cat-file', 'blob', oid]);
  return code === 0 ? stdout : null;
}

function blobsOf(out: Buffer): ReadonlyMap<string, Buffer> {
  const blobs = new Map<string, Buffer>();
  for (let at = 0; at < out.length;) {
    const line = out.indexOf(10, at);
    if (line < 0) break;
    const [oid = '', , size = '0'] = out.toString('latin1', at, line).split(' ');
    const end = line + 1 + Number(size);
    blobs.set(oid, out.subarray(line + 1, end));
    at = end + 1;
  }
  return blobs;
}

/** Each file of the manifest with what is wanted and what is there; null: no manifest. */
export function againstManifest(files: Files): readonly StoredFile[] | null {
  const manifest = files.get(MANIFEST);
  if (manifest === null || manifest === undefined) return null;
  const lines = manifest
    .toString('utf8')
    .split('\n')
    .slice(1)
    .filter((line) => line !== '');
  return lines.map((line) => {
    const { path, sha256 } = JSON.parse(line) as { readonly path: string; readonly sha256: string };
    const bytes = files.get(path) ?? null;
    return { path, wanted: sha256, stored: bytes === null ? null : shaOf(bytes) };
  });
}

function shaOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
