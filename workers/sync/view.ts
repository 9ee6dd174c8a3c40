// Sync as commands use it, in their own process: looking works when nothing runs, and an answer or a version that is brought back
// waits on the disk for the next cycle.
import path from 'node:path';
import { answerQuestion, type Answered } from '../../activities/sync/answer.js';
import {
  forgetEntry,
  restoreVersion,
  type BroughtBack,
  type Forgotten,
} from '../../activities/sync/bring-back.js';
import { contentOf, diffSync, mergeLog, versionsOf, type SyncDiff } from '../../activities/sync/look.js';
import { openJournal } from '../../adapters/journal/append.js';
import { openSyncState } from '../../adapters/files/sync-state.js';
import type { Config } from '../../config/types.js';
import type { MergeEntry } from '../../domain/sync/merge-entry.js';
import type { PastVersion } from '../../domain/sync/ports.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { standing } from '../offline.js';
import { syncDir, syncPorts, UNHEARD } from './parts.js';

export type { Answered, BroughtBack, Forgotten, SyncDiff };

/** What the last cycle left; null: none has ended yet. Touches nothing but that file. */
export function readSyncStatus(config: Config): Promise<SyncStatus | null> {
  const { losers } = config.nxs.retention;
  return openSyncState({ dir: syncDir(config.stateDir), retention: losers, now: Date.now }).status();
}

export interface SyncDesk {
  log(): Promise<readonly MergeEntry[]>;
  versions(file: string): Promise<readonly PastVersion[]>;
  content(file: string, version: string): Promise<{ readonly oid: string; readonly bytes: Uint8Array }>;
  diff(progress: (line: string) => void): Promise<SyncDiff>;
  answer(token: string, answer: Answered['answer'], by: string): Promise<Answered>;
  restore(file: string, version: string): Promise<BroughtBack>;
  forget(file: string, entry: string, bytes: Uint8Array): Promise<Forgotten>;
}

export function openSyncDesk(config: Config): SyncDesk {
  const journal = openJournal({ dir: path.join(config.stateDir, 'journal'), node: config.node });
  const ports = syncPorts(config, {
    ...UNHEARD,
    journal: async (event) => {
      await journal.append([event]);
    },
  });
  return {
    log: () => mergeLog(ports),
    versions: (file) => versionsOf(ports, file),
    content: (file, version) => contentOf(ports, file, version),
    diff: (progress) => diffSync(ports, standing(progress)),
    answer: (token, answer, by) => answerQuestion(ports, { token, answer, by }),
    restore: (file, version) => restoreVersion(ports, { path: file, version }),
    forget: (file, entry, bytes) => forgetEntry(ports, { path: file, entry, bytes }),
  };
}
