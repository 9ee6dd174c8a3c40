// Reads objects back through `cat-file --batch`. Git dies on the first object that it cannot inflate, and does
// not check the SHA-1 of what it can; so it is started again behind each broken one, and callers hash the bytes.
import type { BlobRead, CancelSignal, ObjectRequest } from '../../domain/backup/ports.js';
import { NxsError } from '../../domain/errors.js';
import { type ByteSource, byteSource } from './byte-source.js';
import { gitSentence } from './failure.js';
import { assertCommit } from './list.js';
import { type GitProcess, spawnGit } from './process.js';
import { type GitStore, callOn } from './store.js';

/** Objects up to this many bytes are held whole, so that a broken one is a problem and not a half-read stream. */
const WHOLE = 1024 * 1024;
const CHUNK = 256 * 1024;

export type ObjectRead =
  | {
      readonly oid: string;
      readonly type: string;
      readonly size: number;
      readonly chunks: AsyncIterable<Uint8Array>;
    }
  | Extract<BlobRead, { readonly problem: string }>;

/** The port's read(): as readObjects, and what is not a blob is a problem. */
export async function* readBlobs(
  store: GitStore,
  objects: readonly ObjectRequest[],
  signal?: CancelSignal,
): AsyncGenerator<BlobRead> {
  const oids = objects.map((object) => object.oid);
  for await (const object of readObjects(store, oids, signal)) {
    if ('problem' in object || object.type === 'blob') yield object;
    else yield { oid: object.oid, problem: 'corrupt', reason: `it is a ${object.type}, not a file` };
  }
}

/** Objects of any type in the order asked; `chunks` must be consumed before the next one is asked for. */
export async function* readObjects(
  store: GitStore,
  oids: readonly string[],
  signal?: CancelSignal,
): AsyncGenerator<ObjectRead> {
  for (const oid of oids) assertCommit(oid);
  let next = 0;
  while (next < oids.length) {
    const git = spawnGit(callOn(store, ['cat-file', '--batch', '--buffer'], signal));
    const source = byteSource(git.stdout);
    git.stdin.end(
      oids
        .slice(next)
        .map((oid) => `${oid}\n`)
        .join(''),
    );
    try {
      let alive = true;
      while (alive && next < oids.length) {
        const oid = oids[next] ?? '';
        next += 1;
        const opened = await openObject(oid, source, git);
        yield opened.read;
        alive = await opened.finish();
      }
    } finally {
      git.stdout.destroy();
      git.kill();
      await git.exit.catch(() => undefined);
    }
    if (signal?.aborted === true)
      throw new NxsError('CANCELLED', `Reading from "${store.name}" was cancelled.`);
  }
}

interface Opened {
  readonly read: ObjectRead;
  /** Skips what was not consumed; false when this git process is of no more use. */
  readonly finish: () => Promise<boolean>;
}

async function openObject(oid: string, source: ByteSource, git: GitProcess): Promise<Opened> {
  const header = await source.line();
  if (header === `${oid} missing`) {
    const read: ObjectRead = { oid, problem: 'missing', reason: 'the destination does not hold it' };
    return { read, finish: () => Promise.resolve(true) };
  }
  const match = /^([0-9a-f]{40}) (\w+) (\d+)$/.exec(header ?? '');
  if (match?.[1] !== oid || match[2] === undefined) return broken(oid, git, header);
  const body = bodyReader(source, Number(match[3]));
  const first = await body.first();
  if (first === null) return broken(oid, git, null);
  const read = { oid, type: match[2], size: Number(match[3]), chunks: body.chunks(first, oid, git) };
  return { read, finish: () => body.finish() };
}

async function broken(oid: string, git: GitProcess, line: string | null): Promise<Opened> {
  if (line !== null) git.kill();
  git.stdout.resume();
  const { stderr } = await git.exit;
  const reason = gitSentence(stderr) || `git answered ${JSON.stringify(line?.slice(0, 80) ?? 'nothing')}`;
  return { read: { oid, problem: 'corrupt', reason }, finish: () => Promise.resolve(false) };
}

function bodyReader(source: ByteSource, size: number) {
  let left = size;
  let short = false;
  let closed = false;

  async function take(): Promise<Buffer | null> {
    const part = await source.some(Math.min(left, CHUNK));
    if (part === null) short = true;
    else left -= part.length;
    return part;
  }

  return {
    /** The whole of a small body, the beginning of a large one; null when not even that came. */
    async first(): Promise<Buffer[] | null> {
      const parts: Buffer[] = [];
      while (left > 0 && (size <= WHOLE || parts.length === 0)) {
        const part = await take();
        if (part === null) return null;
        parts.push(part);
      }
      if (left === 0 && !(closed = (await source.line()) === '')) return null;
      return parts;
    },
    async *chunks(first: readonly Buffer[], oid: string, git: GitProcess): AsyncGenerator<Uint8Array> {
      yield* first;
      while (left > 0) {
        const part = await take();
        if (part === null) {
          const { stderr } = await git.exit;
          throw new NxsError('DESTINATION_UNREADABLE', `Object ${oid} breaks off: ${gitSentence(stderr)}.`, {
            oid,
          });
        }
        yield part;
      }
    },
    async finish(): Promise<boolean> {
      while (left > 0 && !short) await take();
      return !short && (closed || (await source.line()) === '');
    },
  };
}
