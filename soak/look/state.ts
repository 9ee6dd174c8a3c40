// The directories of a control plane: their sizes, what lies there for a moment only, log lines, and secrets.
import { createReadStream } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import type { LogLine } from '../checks/logs.js';
import type { FileSeen } from '../checks/machine.js';
import type { SoakNode } from '../world/node.js';

export interface FileSize extends FileSeen {
  readonly bytes: number;
}

/** All files of a plane (state, data and scratch), by path below its directory. */
export async function lookAtFiles({ plane }: SoakNode): Promise<readonly FileSize[]> {
  const root = dirname(plane.stateDir);
  const files: FileSize[] = [];
  for (const part of ['state', 'data', 'tmp', 'home']) {
    const entries = await readdir(join(root, part), { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile()) continue;
      const path = join(entry.parentPath, entry.name);
      const stats = await stat(path).catch(() => null);
      if (stats !== null)
        files.push({ path: relative(root, path), changed: stats.mtimeMs, bytes: stats.size });
    }
  }
  return files;
}

/** Bytes by directory below the state. */
export function sizesOf(files: readonly FileSize[]): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const { path, bytes } of files) {
    const [part = '', name = ''] = path.split('/');
    const key = part === 'state' ? name : part;
    sizes.set(key, (sizes.get(key) ?? 0) + bytes);
  }
  return sizes;
}

/** Lines of all logs, what the supervisor said on the terminal included. */
export async function logLinesOf({ plane, name }: SoakNode): Promise<readonly LogLine[]> {
  const dir = join(plane.stateDir, 'logs');
  const names = await readdir(dir).catch(() => []);
  const paths = [...names.map((each) => join(dir, each)), join(dirname(plane.stateDir), 'up.log')];
  const lines: LogLine[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch(() => '');
    const file = `${name}/${basename(path)}`;
    for (const line of text.split('\n')) if (line !== '') lines.push({ file, text: line });
  }
  return lines;
}

/** Which secrets lie in a file. */
export async function secretsIn(
  path: string,
  secrets: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const wanted = [...secrets].map(([name, value]) => [name, Buffer.from(value)] as const);
  const longest = Math.max(...wanted.map(([, value]) => value.length));
  const found = new Set<string>();
  let rest = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      const bytes = Buffer.concat([rest, chunk as Buffer]);
      for (const [name, value] of wanted) if (bytes.includes(value)) found.add(name);
      rest = bytes.subarray(Math.max(0, bytes.length - longest));
    }
  } catch {
    // Gone meanwhile.
  }
  return [...found];
}
