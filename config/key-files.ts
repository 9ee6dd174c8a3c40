// Keys that lie in files of their own. They are read once, at load, so that a missing one is said before anything starts.
import { readFile, stat } from 'node:fs/promises';
import { errnoOf, errorMessage } from '../domain/errors.js';
import { isKey, keyFault, type EncryptionSettings } from './schemas/encryption.js';
import type { PathKey } from './schemas/walk.js';

/** Something wrong at a path of nxs.yaml, for the report. */
export interface KeyProblem {
  readonly path: readonly PathKey[];
  readonly message: string;
}

/** `keys`: base64 by the index of the entry, for those with a file. */
export interface KeyFiles {
  readonly keys: ReadonlyMap<number, string>;
  readonly problems: readonly KeyProblem[];
}

/** Reads every `key_file`; none is printed. Never throws. */
export async function readKeyFiles(encryption: EncryptionSettings | undefined): Promise<KeyFiles> {
  const keys = new Map<number, string>();
  const problems: KeyProblem[] = [];
  for (const [index, { key_file: file }] of (encryption?.keys ?? []).entries()) {
    if (file === undefined) continue;
    const read = await readKey(file);
    if ('key' in read) keys.set(index, read.key);
    else
      problems.push({ path: ['temporal', 'encryption', 'keys', index, 'key_file'], message: read.problem });
  }
  return { keys, problems };
}

/** The settings with each key in its place. */
export function withKeys<T extends { readonly encryption?: EncryptionSettings | undefined }>(
  temporal: T,
  keys: KeyFiles['keys'],
): T {
  const { encryption } = temporal;
  if (encryption === undefined || keys.size === 0) return temporal;
  const filled = encryption.keys.map((entry, index) => {
    const key = keys.get(index);
    return key === undefined ? entry : { ...entry, key };
  });
  return { ...temporal, encryption: { ...encryption, keys: filled } };
}

async function readKey(file: string): Promise<{ readonly key: string } | { readonly problem: string }> {
  try {
    const { mode } = await stat(file);
    if ((mode & 0o077) !== 0) return { problem: `${file} can be read by others: chmod 600 ${file}` };
    const key = (await readFile(file, 'utf8')).trim();
    return isKey(key) ? { key } : { problem: `${file}: ${keyFault({ input: key })}` };
  } catch (error) {
    const why = errnoOf(error) === 'ENOENT' ? 'does not exist' : `cannot be read: ${errorMessage(error)}`;
    return { problem: `${file} ${why}` };
  }
}
