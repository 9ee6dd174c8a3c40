import { ApplicationFailure, WorkflowFailedError } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AccessResult, DrillRecordInput } from '../../activities/contracts.js';
import type { CheckResult, RestoreResult } from '../../domain/backup/results.js';
import { outcomeOfDrills, type DrillRecord, type DrillRun } from '../../domain/backup/drill.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const access: AccessResult = {
  destinations: [{ name: 'local', access: null, lastProved: null, tooOld: false }],
  healthy: true,
  backupDue: false,
  summary: 'local: reachable',
};

const record = { outcome: 'green', summary: 'ok' } as RunRecord;
const backup = {
  planBackup: () =>
    Promise.resolve({ files: 0, bytes: 0, read: 0, problems: 0, dataDir: '/', held: null, destinations: [] }),
  recordBackup: () => Promise.resolve(record),
};

async function typeOf(result: Promise<unknown>): Promise<string> {
  const error = await result.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (error instanceof WorkflowFailedError && error.cause instanceof ApplicationFailure) {
    return error.cause.type ?? '';
  }
  throw error;
}

/** Ids of the backups that this node started as children. */
async function childBackups(prefix: string): Promise<string[]> {
  const found: string[] = [];
  const query = `NxsNode IS NULL AND WorkflowType = 'backupAndVerify' AND WorkflowId STARTS_WITH '${prefix}'`;
  for await (const { workflowId } of stage.client.workflow.list({ query })) found.push(workflowId);
  return found;
}

describe('checkAccessAndRecency', () => {
  it('starts nothing while the last proved backup is young enough', async () => {
    const result = await stage.playing({ checkAccess: () => Promise.resolve(access) }, async () => {
      const handle = await stage.start('checkAccessAndRecency', 'access-check', {});
      const value: unknown = await handle.result();
      await stage.record(handle, 'access-check');
      return value;
    });
    expect(result).toEqual(access);
  });

  it('starts a backup that outlives it when the last proved one is too old', async () => {
    const due = { ...access, healthy: false, backupDue: true };
    await stage.playing({ checkAccess: () => Promise.resolve(due), ...backup }, async () => {
      const handle = await stage.start('checkAccessAndRecency', 'access-check', {});
      expect(await typeOf(handle.result())).toBe('DESTINATION_UNREADABLE');
      await stage.record(handle, 'access-check-backup-due');
      const prefix = `nxs/${stage.node}/backup/recency-`;
      const ids = await until(async () => {
        const found = await childBackups(prefix);
        return found.length > 0 ? found : null;
      });
      expect(await stage.client.workflow.getHandle(ids[0] ?? '').result()).toEqual(record);
    });
  });
});

const check: CheckResult = { green: true, summary: 'local: 3 verified', destinations: [] };

describe('verifyBackups', () => {
  const input = { destination: null, level: 'rolling' };

  it('gives back what it saw when all is proved', async () => {
    const result = await stage.playing({ checkBackup: () => Promise.resolve(check) }, async () => {
      const handle = await stage.start('verifyBackups', 'verify', { ...input, heal: true });
      const value: unknown = await handle.result();
      await stage.record(handle, 'verify-green');
      return value;
    });
    expect(result).toEqual(check);
  });

  it('starts a backup when it was told to heal, and not when a person only looks', async () => {
    const damaged = { ...check, green: false };
    const prefix = `nxs/${stage.node}/backup/verification-`;
    await stage.playing({ checkBackup: () => Promise.resolve(damaged), ...backup }, async () => {
      const looking = await stage.start('verifyBackups', 'verify', { ...input, heal: false });
      expect(await typeOf(looking.result())).toBe('BACKUP_NOT_GREEN');
      const healing = await stage.start('verifyBackups', 'verify', { ...input, heal: true });
      expect(await typeOf(healing.result())).toBe('BACKUP_NOT_GREEN');
      await stage.record(healing, 'verify-damaged');
      const ids = await until(async () => {
        const found = await childBackups(prefix);
        return found.length > 0 ? found : null;
      });
      expect(ids).toHaveLength(1);
      await stage.client.workflow.getHandle(ids[0] ?? '').result();
    });
  });
});

const restored: RestoreResult = {
  run: 'r',
  source: 'local at abc',
  target: '/x',
  restored: 3,
  same: 0,
  refused: 0,
  unverified: 0,
  kept: 0,
  notes: [],
  dryRun: false,
  summary: '3 files restored',
  undo: 'r',
};

describe('restoreFiles', () => {
  const input = { destination: null, at: null, to: null, paths: [], dryRun: false, undo: null };

  it('hands the request on under the name of its run', async () => {
    const seen: unknown[] = [];
    const activity = (request: unknown): Promise<RestoreResult> => {
      seen.push(request);
      return Promise.resolve(restored);
    };
    await stage.playing({ restoreBackup: activity }, async () => {
      const handle = await stage.start('restoreFiles', 'restore', input);
      expect(await handle.result()).toEqual(restored);
      await stage.record(handle, 'restore-whole');
    });
    expect(seen).toEqual([
      { ...input, run: expect.stringMatching(/^\d{8}T/) as string, workflowId: expect.any(String) as string },
    ]);
  });

  it('ends as failed when a file was not written', async () => {
    const partly = { ...restored, unverified: 1 };
    await stage.playing({ restoreBackup: () => Promise.resolve(partly) }, async () => {
      const handle = await stage.start('restoreFiles', 'restore', input);
      expect(await typeOf(handle.result())).toBe('RESTORE_NOT_VERIFIED');
      await stage.record(handle, 'restore-not-whole');
    });
  });
});

const drilled = (destination: string, outcome: DrillRecord['outcome'] = 'green'): DrillRecord => ({
  run: 'r',
  destination,
  outcome,
  at: '2026-11-20T00:00:00.000Z',
  commit: 'c'.repeat(40),
  files: 3,
  bytes: 30,
  counts: { proved: 3 },
  duration_ms: 5,
  changed_since: 0,
  note: outcome === 'green' ? null : 'one is damaged',
  bad: [],
});

describe('restoreDrill', () => {
  const planDrill = () => Promise.resolve({ ready: ['local', 'usb'], skipped: ['github'] });
  const recordDrill = ({ run, drills, skipped }: DrillRecordInput): Promise<DrillRun> =>
    Promise.resolve({
      run,
      outcome: outcomeOfDrills(drills),
      summary: 'told',
      destinations: drills,
      skipped,
    });

  it('tries each destination that is ready, one after the other, and records them together', async () => {
    const seen: string[] = [];
    const drillRestore = async ({ destination }: { destination: string }): Promise<DrillRecord> => {
      seen.push(`${destination} begins`);
      await new Promise((resolve) => setTimeout(resolve, 50));
      seen.push(`${destination} ends`);
      return drilled(destination);
    };
    await stage.playing({ planDrill, drillRestore, recordDrill }, async () => {
      const handle = await stage.start('restoreDrill', 'restore-drill', { destination: null });
      expect(await handle.result()).toMatchObject({
        outcome: 'green',
        destinations: [{ destination: 'local' }, { destination: 'usb' }],
        skipped: ['github'],
      });
      await stage.record(handle, 'drill-green');
    });
    expect(seen).toEqual(['local begins', 'local ends', 'usb begins', 'usb ends']);
  });

  it('ends as failed when one did not come back right, after it has tried the others', async () => {
    const drillRestore = ({ destination }: { destination: string }) =>
      Promise.resolve(drilled(destination, destination === 'local' ? 'not_green' : 'green'));
    await stage.playing({ planDrill, drillRestore, recordDrill }, async () => {
      const handle = await stage.start('restoreDrill', 'restore-drill', { destination: null });
      expect(await typeOf(handle.result())).toBe('DRILL_NOT_GREEN');
      await stage.record(handle, 'drill-not-green');
    });
  });

  it('finds nothing out where it could not try, and says why', async () => {
    const kept: DrillRecordInput[] = [];
    const drillRestore = ({ destination }: { destination: string }) => {
      if (destination === 'usb') return Promise.resolve(drilled(destination));
      throw ApplicationFailure.nonRetryable('no way out', 'DESTINATION_UNREACHABLE');
    };
    const keeping = (input: DrillRecordInput) => {
      kept.push(input);
      return recordDrill(input);
    };
    await stage.playing({ planDrill, drillRestore, recordDrill: keeping }, async () => {
      const handle = await stage.start('restoreDrill', 'restore-drill', { destination: null });
      expect(await typeOf(handle.result())).toBe('DRILL_INCONCLUSIVE');
      await stage.record(handle, 'drill-inconclusive');
    });
    expect(kept[0]?.drills).toMatchObject([
      { destination: 'local', outcome: 'inconclusive', note: 'no way out' },
      { destination: 'usb', outcome: 'green' },
    ]);
  });
});
