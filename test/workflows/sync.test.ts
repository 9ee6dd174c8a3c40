import { WorkflowFailedError, type ApplicationFailure } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FinishInput, SyncActivities } from '../../activities/contracts.js';
import type { SyncStatus } from '../../domain/sync/status.js';
import { askAgain, runCycle } from '../../workers/sync/ask.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

function statusOf({ state, detail, applied }: FinishInput): SyncStatus {
  return {
    ...{
      v: 1,
      state,
      detail,
      hub: 'hub',
      at: '2026-03-01T00:00:00.000Z',
      last_ok: null,
      tip: null,
      files: 1,
    },
    ...{
      unpublished: 0,
      held: [],
      pending: [],
      conflicts: 0,
      skew_ms: null,
      published: 0,
      applied,
      nodes: [],
    },
  };
}

function cast(
  more: Partial<SyncActivities> = {},
): SyncActivities & { readonly cycles: string[]; readonly steps: string[] } {
  const cycles: string[] = [];
  const steps: string[] = [];
  return {
    cycles,
    steps,
    captureChanges({ cycle, join }) {
      cycles.push(cycle);
      steps.push(join ? 'join' : 'look');
      return Promise.resolve({ state: 'ok', detail: null, changes: 0 });
    },
    exchangeWithHub() {
      steps.push('meet');
      return Promise.resolve({
        state: 'ok',
        detail: '',
        published: 1,
        toApply: 2,
        conflicts: 0,
        questions: 0,
      });
    },
    applyChanges() {
      steps.push('apply');
      return Promise.resolve({ applied: 2, raced: 0, failed: 0, detail: null });
    },
    finishCycle(input) {
      steps.push('finish');
      return Promise.resolve(statusOf(input));
    },
    ...more,
  };
}

describe('a cycle', () => {
  it('looks, meets the hub, brings in, says', async () => {
    const played = cast();
    const status = await stage.playing(played, async () => {
      const handle = await stage.start('syncCycle', 'sync', { trigger: 'schedule', join: false });
      const result = (await handle.result()) as SyncStatus;
      await stage.record(handle, 'sync-cycle');
      return result;
    });
    expect(status).toMatchObject({ state: 'ok', applied: 2 });
    expect(played.steps).toEqual(['look', 'meet', 'apply', 'finish']);
  });

  it('ends at what it waits for, red where hands are needed, and says so all the same', async () => {
    const played = cast({
      captureChanges: () => Promise.resolve({ state: 'root_missing', detail: 'it is not there', changes: 0 }),
    });
    await stage.playing(played, async () => {
      const handle = await stage.start('syncCycle', 'sync', { trigger: 'schedule', join: false });
      const error = await handle.result().catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(WorkflowFailedError);
      const cause = (error as WorkflowFailedError).cause as ApplicationFailure;
      expect([cause.type, cause.message]).toEqual(['SYNC_WAITS', 'it is not there']);
    });
    expect(played.steps).toEqual(['finish']);
  });

  it('is no failure while the hub is away', async () => {
    const offline = {
      state: 'offline',
      detail: 'nobody answers',
      published: 0,
      toApply: 0,
      conflicts: 0,
      questions: 0,
    } as const;
    const played = cast({ exchangeWithHub: () => Promise.resolve(offline) });
    const status = await stage.playing(played, async () => {
      const handle = await stage.start('syncCycle', 'sync', { trigger: 'schedule', join: false });
      return (await handle.result()) as SyncStatus;
    });
    expect([status.state, status.detail]).toEqual(['offline', 'nobody answers']);
  });
});

describe('asking for cycles', () => {
  it('is one more, however many ask while one runs', async () => {
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    let began: () => void = () => undefined;
    const running = new Promise<void>((resolve) => (began = resolve));
    const base = cast();
    const played = {
      ...base,
      async captureChanges(input: Parameters<SyncActivities['captureChanges']>[0]) {
        const result = await base.captureChanges(input);
        began();
        if (base.cycles.length === 1) await held;
        return result;
      },
    };
    await stage.playing(played, async () => {
      const asker = { client: stage.client, node: stage.node };
      await askAgain(asker, 'watch');
      await running;
      for (let each = 0; each < 5; each += 1) await askAgain(asker, 'nudge');
      const waiting = runCycle(asker, { trigger: 'cli', join: false });
      const joined = runCycle(asker, { trigger: 'cli', join: true });
      release();
      expect((await waiting).state).toBe('ok');
      expect((await joined).state).toBe('ok');
    });
    expect(new Set(base.cycles).size).toBe(base.cycles.length);
    expect(base.cycles.length).toBeLessThanOrEqual(3);
    expect(base.steps.filter((step) => step === 'join').length).toBe(1);
  });

  it('runs one cycle for one question, and answers with it', async () => {
    const played = cast();
    await stage.playing(played, () =>
      runCycle({ client: stage.client, node: stage.node }, { trigger: 'cli', join: false }),
    );
    expect(played.cycles.length).toBe(1);
  });
});
