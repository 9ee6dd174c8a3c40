// Follows the journal: each event is handed over once, whatever the history's length.
import { dayFiles, dayPath } from '../adapters/journal/files.js';
import { lineBatches } from '../adapters/journal/lines.js';
import { errnoOf } from '../domain/errors.js';
import { parseLine } from '../domain/journal-chain.js';
import type { JournalEvent } from '../domain/journal.js';

export interface JournalTail {
  /** Hands over what has been written since the last call, oldest first. Calls take turns. Rejects when the disk does. */
  catchUp(): Promise<void>;
}

/** `since`: ms; days before it are passed over at first. */
export function openTail(dir: string, since: number, take: (event: JournalEvent) => void): JournalTail {
  let file = new Date(since).toISOString().slice(0, 10);
  let offset = 0;
  let turn = Promise.resolve();

  async function read(): Promise<void> {
    for (const each of (await dayFiles(dir)).filter((name) => name.slice(0, 10) >= file.slice(0, 10))) {
      if (each !== file) offset = 0;
      file = each;
      try {
        await readFrom(dayPath(dir, each));
      } catch (error) {
        // Retention took it away.
        if (errnoOf(error) !== 'ENOENT') throw error;
      }
    }
  }

  async function readFrom(path: string): Promise<void> {
    for await (const batch of lineBatches(path, offset))
      for (const { bytes, terminated } of batch) {
        if (!terminated) return;
        offset += bytes.length + 1;
        const event = parseLine(bytes.toString('utf8'));
        if (event !== null) take(event);
      }
  }

  return {
    catchUp() {
      const next = turn.then(read);
      turn = next.catch(() => undefined);
      return next;
    },
  };
}
