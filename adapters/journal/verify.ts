// `nxs journal verify`: the whole journal, every byte, without a lock (writers only ever add whole lines).
import { createVerifier } from '../../domain/journal-verify.js';
import type { JournalLine, Verification } from '../../domain/journal-verify.js';
import { GENESIS } from '../../domain/journal-chain.js';
import { ANCHOR_FILE, dayFiles, dayPath, HEAD_FILE, sha256Text, unreadable } from './files.js';
import { readAnchor, readHead } from './head.js';
import type { RawLine } from './lines.js';
import { lineBatches } from './lines.js';

export interface JournalCheck extends Verification {
  readonly files: number;
  /** Hash that pruning left behind, or 64 zeros: where the chain begins. */
  readonly anchor: string;
}

/** Checks the chain from its anchor to its recorded head. Throws STATE_UNREADABLE when the directory cannot be read. */
export async function verifyJournal(dir: string, signal?: AbortSignal): Promise<JournalCheck> {
  // Head first: an event that is written while we read is then behind the head, not missing.
  const head = await readHead(dir);
  const anchor = await readAnchor(dir);
  const from = typeof anchor === 'string' ? '' : anchor.from;
  const files = (await dayFiles(dir)).filter((file) => file >= from);
  const start = typeof anchor === 'string' ? GENESIS : anchor.hash;
  const verifier = createVerifier({
    hash: sha256Text,
    anchor: start,
    headFile: HEAD_FILE,
    ...(head === 'absent' && files.length === 0 ? {} : { head: typeof head === 'string' ? null : head.hash }),
  });
  for (const file of files) {
    const path = dayPath(dir, file);
    let number = 0;
    try {
      for await (const batch of lineBatches(path, 0, signal)) {
        for (const line of batch) verifier.push(journalLine(file, (number += 1), line));
      }
    } catch (error) {
      throw unreadable(path, error);
    }
  }
  const result = verifier.finish();
  const damagedAnchor = anchor === 'unreadable';
  const breaks = damagedAnchor
    ? [
        {
          kind: 'head' as const,
          file: ANCHOR_FILE,
          line: 0,
          reason: 'the record of the last pruned event is unreadable',
        },
        ...result.breaks,
      ]
    : result.breaks;
  return { ...result, ok: breaks.length === 0, breaks, files: files.length, anchor: start };
}

function journalLine(file: string, line: number, raw: RawLine): JournalLine {
  return { file, line, text: utf8(raw.bytes), terminated: raw.terminated };
}

// Replacement characters would hide an edit, and a byte order mark would be dropped without a word.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function utf8(bytes: Buffer): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
