// Bytes of a file to text, or one sentence why not. Everything odd that an editor or a broken disk can leave
// behind is told apart here, before the parser sees it.
import { lstat, readFile, stat } from 'node:fs/promises';
import { errnoOf } from '../../domain/errors.js';

/** Configuration beyond 1 MB is not configuration (bytes). */
const LARGEST = 1_000_000;

export type FileRead =
  | { readonly kind: 'absent' }
  | { readonly kind: 'text'; readonly text: string; readonly mode: number }
  | { readonly kind: 'bad'; readonly message: string };

/** Reads a text file. Only a file that is really not there is "absent"; all else that is not text is "bad". */
export async function readText(path: string): Promise<FileRead> {
  let bytes: Buffer;
  let mode: number;
  try {
    const found = await stat(path);
    mode = found.mode & 0o777;
    if (found.isDirectory()) return bad('is a directory; expected a file');
    if (!found.isFile()) return bad('is no regular file');
    if (found.size > LARGEST) return bad(`is ${found.size} bytes long; expected at most ${LARGEST}`);
    bytes = await readFile(path);
  } catch (error) {
    return await failed(path, error);
  }
  const text = decode(bytes);
  if (text === null) return bad('is not UTF-8 text; save it as UTF-8');
  if (text.includes('\0')) return bad('holds NUL bytes, so it is no text file (a crash may have left it so)');
  return { kind: 'text', text, mode };
}

function bad(message: string): FileRead {
  return { kind: 'bad', message };
}

function decode(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

async function failed(path: string, error: unknown): Promise<FileRead> {
  switch (errnoOf(error)) {
    case 'ENOENT': {
      const link = await lstat(path).catch(() => null);
      return link === null ? { kind: 'absent' } : bad('is a link that leads nowhere');
    }
    case 'ENOTDIR':
      return { kind: 'absent' };
    case 'EACCES':
    case 'EPERM':
      return bad('cannot be read: no permission for this user');
    case 'ELOOP':
      return bad('is a link that leads to itself');
    default:
      return bad(`cannot be read (${errnoOf(error) ?? 'unknown error'})`);
  }
}
