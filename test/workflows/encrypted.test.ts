// Workflow code as it is shipped, with encryption on: what leaves the sandbox shows nothing, and comes back whole.
import { ApplicationFailure } from '@temporalio/client';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../domain/backup/record.js';
import { REPLAY_KEY } from '../support/payload-key.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { activities, bad, failureOf, input } from './support/backup-cast.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage(undefined, [REPLAY_KEY]);
});
afterAll(() => stage.close());

it('a run is encrypted in its history, and its result, query, summary and phases are whole', async () => {
  const { all } = activities({});
  await stage.playing(all, async () => {
    const handle = await stage.start('backupAndVerify', 'backup', input);
    const record = (await handle.result()) as RunRecord;
    expect(record.summary).toBe('backup of 3 files to local: 3 verified, 3 new');
    expect(await handle.query('status')).toMatchObject({ phase: 'green', detail: record.summary });
    expect(await (await handle.describe()).staticSummary()).toBe('test of backupAndVerify');
    await stage.record(handle, 'backup-encrypted');
    const raw = readable(await handle.fetchHistory());
    expect(raw).not.toMatch(/3 verified|test of|"destination"|local:/);
    for (const words of ['binary/encrypted', 'NxsOutcome']) expect(raw.includes(words)).toBe(true);
  });
});

it('a failure hides its message, its details and its stack, and its type is there to be searched', async () => {
  const { all } = activities({
    verifyBackup: () => Promise.resolve(bad),
    healBackup: () =>
      Promise.reject(
        ApplicationFailure.create({
          type: 'DESTINATION_DENIED',
          message: 'planted message',
          details: ['planted detail'],
          nonRetryable: true,
        }),
      ),
  });
  await stage.playing(all, async () => {
    const handle = await stage.start('backupAndVerify', 'backup', input);
    const { type, record } = await failureOf(handle.result());
    expect([type, record.summary]).toEqual(['BACKUP_NOT_GREEN', expect.stringContaining('planted message')]);
    await stage.record(handle, 'backup-encrypted-failed');
    const raw = readable(await handle.fetchHistory());
    for (const words of ['BACKUP_NOT_GREEN', 'DESTINATION_DENIED']) expect(raw.includes(words)).toBe(true);
    for (const words of ['planted', 'not green'])
      expect([words, raw.includes(words)]).toEqual([words, false]);
    expect(raw.match(/"stackTrace":"[^"]+"/g) ?? []).toEqual([]);
    expect(new Set(raw.match(/"message":"[^"]+"/g))).toEqual(new Set(['"message":"Encoded failure"']));
  });
});

/** A history as text, with the bytes of its payloads as text too. */
function readable(history: unknown): string {
  const document = JSON.stringify(history);
  const bytes = [...document.matchAll(/"(?:data|encoding)":"([^"]*)"/g)].map(([, text = '']) =>
    Buffer.from(text, 'base64').toString('latin1'),
  );
  return document + bytes.join('\n');
}
