// The manifest travels inside the commit, so that a restore needs nothing but the destination. Its lines are sorted and
// canonical: the same files give the same bytes, and each manifest names the digest of the one before.
import { z } from 'zod';
import { comparePaths } from '../paths.js';
import type { StagedFile } from './entry.js';

/** Where it lies in the tree, below the destination's prefix. */
export const MANIFEST_PATH = '.nxs/manifest.ndjson';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const oid = z.string().regex(/^[0-9a-f]{40}$/);

const headerSchema = z.object({
  nxs_manifest: z.literal(1),
  node: z.string().min(1),
  run: z.string(),
  /** ISO 8601, UTC. */
  created: z.string(),
  /** SHA-256 of the manifest before this one; null for the first. */
  previous: sha256.nullable(),
  files: z.number().int().nonnegative(),
  bytes: z.number().int().nonnegative(),
});

const lineSchema = z.object({
  path: z.string().min(1),
  oid,
  sha256,
  size: z.number().int().nonnegative(),
  mode: z.enum(['100644', '100755']),
  local: z.string(),
});

export type ManifestHeader = z.infer<typeof headerSchema>;

export interface Manifest {
  readonly header: ManifestHeader;
  readonly files: readonly StagedFile[];
}

/** Builds the manifest's text. `files` in any order; the result is in byte order of the path. */
export function encodeManifest(
  about: { node: string; run: string; created: string; previous: string | null },
  files: readonly StagedFile[],
): string {
  const sorted = [...files].sort((a, b) => comparePaths(a.path, b.path));
  const header: ManifestHeader = {
    nxs_manifest: 1,
    node: about.node,
    run: about.run,
    created: about.created,
    previous: about.previous,
    files: sorted.length,
    bytes: sorted.reduce((sum, file) => sum + file.size, 0),
  };
  const blocks = [`${JSON.stringify(header)}\n`];
  for (let at = 0; at < sorted.length; at += BLOCK) {
    blocks.push(
      sorted
        .slice(at, at + BLOCK)
        .map(encodeLine)
        .join(''),
    );
  }
  return blocks.join('');
}

// Joined in two steps: a string for every line of a large backup at once is garbage that stays for long.
const BLOCK = 256;

function encodeLine({ path, oid, sha256, size, mode, local }: StagedFile): string {
  return `${JSON.stringify({ path, oid, sha256, size, mode, local })}\n`;
}

/** Reads a manifest; a sentence instead when it is not one, or not whole. Never throws. */
export function parseManifest(text: string): Manifest | string {
  const lines = text.split('\n');
  if (lines.pop() !== '') return 'the manifest is cut off in its last line';
  const header = parseLine(headerSchema, lines[0] ?? '');
  if (header === null) return 'the first line is not the header of a manifest of version 1';
  const files: StagedFile[] = [];
  for (const [index, line] of lines.slice(1).entries()) {
    const file = parseLine(lineSchema, line);
    if (file === null) return `line ${index + 2} of the manifest is not a file entry`;
    files.push(file);
  }
  if (files.length !== header.files) {
    return `the manifest lists ${files.length} files where its header announces ${header.files}`;
  }
  return { header, files };
}

function parseLine<T>(schema: z.ZodType<T>, line: string): T | null {
  try {
    return schema.parse(JSON.parse(line));
  } catch {
    return null;
  }
}
