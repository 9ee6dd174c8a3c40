import { ApplicationFailure } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../domain/backup/record.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { activities, bad, failureOf, good, input, local, plan } from './support/backup-cast.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

/** As every long step of ours: it hears of a cancellation by its heartbeat. */
async function untilCancelled(): Promise<never> {
  const context = Context.current();
  const timer = setInterval(() => context.heartbeat(), 100);
  try {
    return await context.cancelled;
  } finally {
    clearInterval(timer);
  }
}

describe('backupAndVerify', () => {
  it('stages, publishes, reads back and records, in this order', async () => {
    const { calls, all } = activities({});
    const record = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const result = (await handle.result()) as RunRecord;
      await stage.record(handle, 'backup-green');
      const described = await handle.describe();
      expect(
        described.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
      ).toContainEqual(['NxsOutcome', 'green']);
      expect(await handle.query('status')).toMatchObject({ phase: 'green', detail: result.summary });
      return result;
    });
    expect(calls).toEqual(['planBackup', 'publishBackup', 'verifyBackup', 'recordBackup']);
    expect(record).toMatchObject({
      outcome: 'green',
      summary: 'backup of 3 files to local: 3 verified, 3 new',
    });
    expect(record.run).toMatch(/^\d{8}T\d{6}Z-[0-9a-f]{8}$/);
  });

  it('heals what verification found wrong and verifies again before it is green', async () => {
    const looks = [bad, { ...good, counts: { VERIFIED: 2, HEALED: 1 } }];
    const { calls, all } = activities({ verifyBackup: ({ round }) => Promise.resolve(looks[round] ?? good) });
    const record = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const result = (await handle.result()) as RunRecord;
      await stage.record(handle, 'backup-healed');
      return result;
    });
    expect(calls).toEqual([
      'planBackup',
      'publishBackup',
      'verifyBackup',
      'healBackup',
      'verifyBackup',
      'recordBackup',
    ]);
    expect(record.destinations[0]).toMatchObject({ state: 'proved', read: { files: 6, bytes: 60 } });
  });

  it('gives up healing after two rounds and ends as failed, with the record in the details', async () => {
    const { calls, all } = activities({ verifyBackup: () => Promise.resolve(bad) });
    const { type, record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const failure = await failureOf(handle.result());
      await stage.record(handle, 'backup-not-green');
      return failure;
    });
    expect(calls.filter((name) => name === 'healBackup')).toHaveLength(2);
    expect(type).toBe('BACKUP_NOT_GREEN');
    expect(record).toMatchObject({ outcome: 'not_green', destinations: [{ state: 'not_proved' }] });
  });

  it('touches no destination when the run is held', async () => {
    const held = { before: 10, missing: 9, token: 'abc', examples: ['a'] };
    const { calls, all } = activities({ planBackup: () => Promise.resolve({ ...plan, held }) });
    const { type, record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const failure = await failureOf(handle.result());
      await stage.record(handle, 'backup-held');
      return failure;
    });
    expect(calls).toEqual(['planBackup', 'recordBackup']);
    expect(type).toBe('BACKUP_HELD');
    expect(record.destinations[0]?.state).toBe('skipped');
  });

  it('goes on with the other destinations when one fails, and is not green', async () => {
    const { all } = activities({
      planBackup: () => Promise.resolve({ ...plan, destinations: [{ ...local, name: 'usb' }, local] }),
      publishBackup: ({ destination }) => {
        if (destination === 'usb')
          throw ApplicationFailure.nonRetryable('no space left', 'DESTINATION_UNWRITABLE');
        return Promise.resolve({
          commit: 'c'.repeat(40),
          unchanged: false,
          uploaded: 3,
          note: null,
          tamper: null,
        });
      },
    });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      return failureOf(handle.result());
    });
    expect(record.outcome).toBe('not_green');
    expect(record.destinations.map(({ name, state, note }) => [name, state, note])).toEqual([
      ['usb', 'failed', 'no space left'],
      ['local', 'proved', null],
    ]);
  });

  it('a destination that could not be planned for keeps the reason and its code', async () => {
    const usb = {
      ...local,
      name: 'usb',
      state: 'failed',
      note: 'token refused',
      code: 'DESTINATION_DENIED',
    } as const;
    const { all } = activities({
      planBackup: () => Promise.resolve({ ...plan, destinations: [usb, local] }),
    });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      return failureOf(handle.result());
    });
    expect(record.destinations[0]).toMatchObject({ state: 'failed', code: 'DESTINATION_DENIED' });
    expect(record.destinations[1]).toMatchObject({ state: 'proved' });
  });

  it('records a run that could not even begin', async () => {
    const { calls, all } = activities({
      planBackup: () => {
        throw ApplicationFailure.nonRetryable('the data directory is gone', 'DATA_DIR_MISSING');
      },
    });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const failure = await failureOf(handle.result());
      await stage.record(handle, 'backup-failed');
      return failure;
    });
    expect(calls).toEqual(['planBackup', 'recordBackup']);
    expect(record).toMatchObject({ outcome: 'failed', summary: 'the data directory is gone' });
  });

  it('never calls a destination proved while some entry could not be read here', async () => {
    const { all } = activities({ planBackup: () => Promise.resolve({ ...plan, problems: 1 }) });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      return failureOf(handle.result());
    });
    expect(record.destinations[0]?.state).toBe('not_proved');
  });

  it('records a cancelled run', async () => {
    let entered: () => void = () => undefined;
    const inside = new Promise<void>((resolve) => {
      entered = resolve;
    });
    const { calls, all } = activities({
      planBackup: () => {
        entered();
        return untilCancelled();
      },
    });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      await inside;
      await handle.cancel();
      return failureOf(handle.result());
    });
    expect(calls).toEqual(['planBackup', 'recordBackup']);
    expect(record).toMatchObject({ outcome: 'failed', summary: 'it was cancelled' });
  });
});
