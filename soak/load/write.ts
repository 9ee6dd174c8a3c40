// Somebody who works on a node: new notes, changes of what both nodes change, entries of a log, names that go. A content is only written
// over once it is kept in a history: what nobody had the time to look at, nobody can keep.
import { appendFile, mkdir, readdir, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { blobOf } from '../../drill/sync/setting.js';
import { copyOf, type History } from '../look/contents.js';
import type { SoakNode } from '../world/node.js';
import type { Ledger } from './ledger.js';

export interface WriteCounts {
  created: number;
  changed: number;
  appended: number;
  removed: number;
  /** Left alone, since what is there is kept nowhere yet. */
  spared: number;
}

export interface Writing {
  readonly node: SoakNode;
  readonly hub: string;
  readonly ledger: Ledger;
  readonly history: History;
  readonly random: () => number;
  readonly over: AbortSignal;
}

/** Mean time between two writes of a node, ms. */
const EVERY_MS = 2_500;
/** Notes of one node; beyond them old ones are changed. */
const MOST_NOTES = 40;
const HOT = ['MEMORY.md', 'notes/hot-1.md', 'notes/hot-2.md', 'notes/deep/er/hot-3.md', 'dated/today.md'];

export async function keepWriting(writing: Writing): Promise<WriteCounts> {
  const counts: WriteCounts = { created: 0, changed: 0, appended: 0, removed: 0, spared: 0 };
  const { over, random } = writing;
  while (!over.aborted) {
    await writeOnce(writing, counts).catch((error: unknown) => {
      // A directory that the other node has just removed.
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    });
    await sleep(EVERY_MS * (0.3 + 1.4 * random()), undefined, { signal: over }).catch(() => undefined);
  }
  return counts;
}

async function writeOnce(writing: Writing, counts: WriteCounts): Promise<void> {
  const { node, random } = writing;
  const share = random();
  const notes = (await readdir(join(node.plane.dataDir, 'notes')).catch(() => [])).filter((name) =>
    name.startsWith(`${node.name}-`),
  );
  const old = notes[Math.floor(random() * notes.length)];
  if (share < 0.3) {
    await append(writing);
    counts.appended += 1;
  } else if (share < 0.36 && old !== undefined && notes.length > 10) {
    if (await isKept(writing, `notes/${old}`)) {
      await unlink(join(node.plane.dataDir, 'notes', old));
      counts.removed += 1;
    } else counts.spared += 1;
  } else if (share < 0.55 && notes.length < MOST_NOTES) {
    await put(writing, `notes/${node.name}-${random().toString(36).slice(2, 8)}.md`);
    counts.created += 1;
  } else {
    const path =
      share < 0.75 && old !== undefined
        ? `notes/${old}`
        : (HOT[Math.floor(random() * HOT.length)] ?? 'MEMORY.md');
    if (await isKept(writing, path)) {
      await put(writing, path);
      counts.changed += 1;
    } else counts.spared += 1;
  }
}

async function append({ node, ledger }: Writing): Promise<void> {
  const written = ledger.draft(node.name, 'LOG.md');
  const text = `\n## ${new Date().toISOString().slice(0, 10)} Entry ${written.id}\n\nWritten on ${node.name}.\n`;
  await appendFile(join(node.plane.dataDir, 'LOG.md'), text);
  ledger.keep(written);
}

/** In place, or by a name beside it, as editors do. */
async function put({ node, ledger, random }: Writing, path: string): Promise<void> {
  const target = join(node.plane.dataDir, path);
  await mkdir(dirname(target), { recursive: true });
  const written = ledger.draft(node.name, path);
  const lines = Array.from({ length: 1 + Math.floor(random() * 30) }, () => random().toString(36));
  const text = `# ${written.id}\n${lines.join('\n')}\n`;
  if (random() < 0.5) await writeFile(target, text);
  else {
    const beside = join(node.plane.dataDir, `${written.id}.tmp`);
    await writeFile(beside, text);
    await rename(beside, target);
  }
  ledger.keep(written);
}

/** Absent, or its bytes are reachable in the node's own copy or in the hub. */
async function isKept({ node, hub, history }: Writing, path: string): Promise<boolean> {
  const text = await readFile(join(node.plane.dataDir, path), 'utf8').catch(() => null);
  if (text === null) return true;
  const oid = blobOf(text);
  return (await history.holds(copyOf(node), oid)) || (await history.holds(hub, oid));
}
