// Each file that we read back after a crash, holding what a crash, a full disk or somebody's editor may have left: it is read, counts
// as absent, or is refused by an error of ours. `.env` is the user's own.
import fc from 'fast-check';
import { readdirSync } from 'node:fs';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openBackupState } from '../../adapters/files/backup-state.js';
import { openClaimCheck } from '../../adapters/files/claim-check.js';
import { readHolder } from '../../adapters/files/lock-holder.js';
import { readRecord, readResult } from '../../adapters/files/restore-record.js';
import { parseMemory } from '../../adapters/files/sync-memory.js';
import { openSyncState } from '../../adapters/files/sync-state.js';
import { openLedger } from '../../adapters/github/ledger.js';
import { openMemory } from '../../adapters/github/memory.js';
import { readAnchor, readHead } from '../../adapters/journal/head.js';
import { fenceAt } from '../../adapters/shell/fence.js';
import { readJournal } from '../../adapters/workspace/apply-journal.js';
import { readKept } from '../../adapters/workspace/late.js';
import { readEnvFile } from '../../config/env-file.js';
import { NxsError } from '../../domain/errors.js';
import { parseState } from '../../domain/notify/state.js';
import { readSnapshot } from '../../workers/failover/snapshot-file.js';
import { openAnswered } from '../../workers/healing/answered.js';
import { readMonitor } from '../../workers/healing/monitor-file.js';
import { readUptime } from '../../workers/kpi/uptime-file.js';
import { readRunFile } from '../../workers/run-file.js';

const DIR = await mkdtemp(path.join(tmpdir(), 'state-'));
const now = () => 1_700_000_000_000;
const sync = openSyncState({ dir: DIR, retention: 1, now });
const backup = openBackupState(DIR);
const ledgerKey = ['https://api.github.com', 'planted-token'] as const;
// Its name is a digest: found by writing it once.
await openLedger(DIR, ...ledgerKey).update((ledger) => ({ ledger, value: null }));
const ledgerFile = readdirSync(DIR).find((name) => name.startsWith('token-')) ?? 'none';

type Reader = readonly [file: string, read: () => unknown];

const READERS: readonly Reader[] = [
  ['run.json', () => readRunFile(DIR)],
  ['failover.json', () => readSnapshot(DIR, () => undefined)],
  ['lock', () => readHolder(path.join(DIR, 'lock'))],
  ['memory.json', () => sync.memory()],
  ['outcome.json', () => sync.outcome()],
  ['status.json', () => sync.status()],
  ['merge-log.jsonl', () => sync.merges()],
  ['restored.json', () => sync.restored()],
  ['last.json', () => backup.lastRecord()],
  [ledgerFile, () => openLedger(DIR, ...ledgerKey).read()],
  ['github.json', () => openMemory(path.join(DIR, 'github.json')).read()],
  ['journal', () => readJournal(path.join(DIR, 'journal'))],
  ['late.json', () => readKept(path.join(DIR, 'late.json'))],
  ['restore.ndjson', () => readRecord(DIR)],
  ['result.json', () => readResult(DIR)],
  ['uptime.json', () => readUptime(DIR)],
  ['head.json', () => readHead(DIR)],
  ['anchor.json', () => readAnchor(DIR)],
  ['order.json', () => fenceAt(DIR).order()],
  ['started.json', () => fenceAt(DIR).started()],
  ['done.json', () => fenceAt(DIR).outcome()],
  ['healing/monitor.json', () => readMonitor(DIR)],
  ['healing/answered.json', () => openAnswered(DIR).has('p')],
  ['completions/x/request.json', () => openClaimCheck(DIR).request('x')],
  ['completions/x/answer-1.json', () => openClaimCheck(DIR).answer('x', 1)],
  ['.env', () => readEnvFile([DIR], {})],
];

const noise = fc.oneof(
  fc.string(),
  fc.json(),
  fc.constantFrom('', 'null', '[]', '{}', '0', '"x"', '{"v":1}', '{"__proto__":{"planted":1}}', '\0\0\0\0'),
  fc.object().map((value) => JSON.stringify(value)),
);

describe('a file of the state', () => {
  test.each(READERS.map(([file, read]) => ({ file, read })))(
    '$file may hold anything',
    async ({ file, read }) => {
      await mkdir(path.dirname(path.join(DIR, file)), { recursive: true });
      await fc.assert(
        fc.asyncProperty(noise, async (text) => {
          await writeFile(path.join(DIR, file), text, { mode: 0o600 });
          try {
            await read();
          } catch (error) {
            expect(error).toBeInstanceOf(NxsError);
          }
        }),
        { numRuns: 60 },
      );
      expect(({} as Record<string, unknown>)['planted']).toBeUndefined();
    },
  );

  test('that is a text in memory may be anything as well', () => {
    fc.assert(
      fc.property(noise, (text) => {
        expect(parseState(text).v).toBe(1);
        expect(parseMemory(text)).toBeNull();
      }),
      { numRuns: 200 },
    );
  });
});
