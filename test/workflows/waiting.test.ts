// A destination that asks to be left alone for a while.
import { ApplicationFailure } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../domain/backup/record.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';
import { activities, failureOf, input } from './support/backup-cast.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const published = { commit: 'c'.repeat(40), unchanged: false, uploaded: 3, note: null, tamper: null };

describe('a run that is asked to wait', () => {
  it('waits as long as a destination asks it to, by a timer that says why, and goes on where it was', async () => {
    const asked: number[] = [];
    let end = 0;
    const { calls, all } = activities({
      publishBackup: () => {
        asked.push(Date.now());
        if (asked.length === 1) {
          end = Date.now() + 1_500;
          throw ApplicationFailure.nonRetryable('gh asks to be left alone', 'RATE_LIMITED', { until: end });
        }
        return Promise.resolve(published);
      },
    });
    const record = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      const waiting = await until(async () => {
        const status = await handle.query<{ phase: string; detail: string }>('status');
        return status.phase === 'waiting' ? status : null;
      });
      expect(waiting.detail).toBe('gh asks to be left alone');
      const result = (await handle.result()) as RunRecord;
      const { events } = await handle.fetchHistory();
      expect((events ?? []).filter(({ timerStartedEventAttributes: timer }) => timer !== null)).toHaveLength(
        1,
      );
      await stage.record(handle, 'backup-waited');
      return result;
    });
    expect(calls).toEqual(['planBackup', 'publishBackup', 'publishBackup', 'verifyBackup', 'recordBackup']);
    expect(asked[1]).toBeGreaterThanOrEqual(end);
    expect(record.outcome).toBe('green');
  });

  it('does not wait for days: the run ends and says so', async () => {
    const until = Date.now() + 12 * 3_600_000;
    const { all } = activities({
      publishBackup: () => {
        throw ApplicationFailure.nonRetryable('gh asks to be left alone', 'RATE_LIMITED', { until });
      },
    });
    const { record } = await stage.playing(all, async () => {
      const handle = await stage.start('backupAndVerify', 'backup', input);
      return failureOf(handle.result());
    });
    expect(record.destinations[0]).toMatchObject({ state: 'failed', code: 'RATE_LIMITED' });
  });
});
