import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { Context } from '@temporalio/activity';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FailoverActivities, FailoverSteps, MonitorInput } from '../../activities/contracts.js';
import type { FailoverSnapshot, ProviderState } from '../../domain/failover/snapshot.js';
import { NO_SWITCH, type Switch } from '../../domain/failover/switching.js';
import type { ProviderManagerStatus, SwitchResult } from '../../workflows/messages.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.close());

const providers = [
  { name: 'kimi', configured: true },
  { name: 'local', configured: true },
  { name: 'other', configured: false },
];

/** A front and a monitor of the test's own. */
function world() {
  const switches: Switch[] = [];
  const resets: (string | null)[] = [];
  const looks: MonitorInput[] = [];
  let change: (name: string, state: 'good' | 'bad') => void = () => undefined;
  const cast: Partial<FailoverActivities & FailoverSteps> = {
    applySwitch(next) {
      switches.push(next);
      return Promise.resolve({ order: next.to === 'local' ? ['local', 'kimi'] : ['kimi', 'local'] });
    },
    applyReset({ name }) {
      resets.push(name);
      return Promise.resolve({ order: ['kimi', 'local'] });
    },
    async monitorProviders(given) {
      looks.push(given);
      const context = Context.current();
      const beat = setInterval(() => context.heartbeat(), 200);
      try {
        const changed = new Promise<{ name: string; state: 'good' | 'bad' }>((resolve) => {
          change = (name, state) => resolve({ name, state });
        });
        const { name, state } = await Promise.race([changed, context.cancelled]);
        return { readings: [{ name, reading: { state, detail: 'a look', at: 1_000 } }] };
      } finally {
        clearInterval(beat);
      }
    },
  };
  const health = async (name: string, state: 'good' | 'bad') => {
    const before = looks.length;
    change(name, state);
    await until(() => looks.length > before);
  };
  return { cast, switches, resets, looks, health };
}

const status = (handle: WorkflowHandle) => handle.query<ProviderManagerStatus>('status');

const switchTo = (handle: WorkflowHandle, to: string, forMs: number | null = null) =>
  handle.executeUpdate<SwitchResult, [object]>('switchProvider', { args: [{ to, forMs, by: 'ops' }] });

const kept = (stamp: number, more: Partial<ProviderState> = {}): ProviderState => ({
  stamp,
  state: 'closed',
  since: stamp,
  episode: 0,
  until: null,
  reason: null,
  failures: [],
  cooling: null,
  ...more,
});

const snapshot = (of: Record<string, ProviderState>): FailoverSnapshot => ({
  v: 1,
  providers: of,
  switch: { ...NO_SWITCH },
});

async function managing(
  play: ReturnType<typeof world>,
  work: (handle: WorkflowHandle) => Promise<void>,
): Promise<void> {
  await stage.playing(play.cast, async () => {
    const handle = await stage.start('providerManager', 'providers', { providers, state: null });
    try {
      await until(() => play.looks.length > 0);
      await work(handle);
    } finally {
      await stage.client.workflow.getHandle(handle.workflowId).terminate();
    }
  });
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof WorkflowUpdateFailedError)) throw error;
  return error.cause?.message ?? '';
}

describe('providerManager', () => {
  it('keeps what the front reports, the later stamp winning, and shows it', async () => {
    const play = world();
    await managing(play, async (handle) => {
      const open = kept(100, { state: 'open', until: 9_000, reason: 'refused' });
      await handle.signal('report', { snapshot: snapshot({ kimi: open, stranger: open }) });
      await handle.signal('report', { snapshot: snapshot({ kimi: kept(50) }) });
      expect(await handle.query('snapshot')).toMatchObject({ providers: { kimi: open } });
      const { detail, providers: seen } = await status(handle);
      expect(detail).toBe('1 of 2 closed, kimi first');
      expect(seen['kimi']).toMatchObject({
        state: 'open',
        until: '1970-01-01T00:00:09.000Z',
        reason: 'refused',
      });
      expect(seen['other']).toMatchObject({ state: 'not_configured' });
      expect(Object.keys(seen)).toEqual(['kimi', 'local', 'other']);
    });
  });

  it('switches by update: in force at the front before it answers', async () => {
    const play = world();
    await managing(play, async (handle) => {
      expect(await switchTo(handle, 'backup')).toEqual({
        to: 'local',
        until: null,
        order: ['local', 'kimi'],
      });
      expect(play.switches).toMatchObject([{ to: 'local', until: null, by: 'ops' }]);
      expect((await status(handle)).switch).toMatchObject({ to: 'local', by: 'ops' });
      expect(await switchTo(handle, 'primary')).toMatchObject({ to: null, order: ['kimi', 'local'] });
      expect((await status(handle)).switch).toBeNull();
      expect(play.switches[1]?.at).toBeGreaterThan(play.switches[0]?.at ?? 0);
    });
  });

  it('refuses an unknown or unconfigured name with one sentence, and nothing changes', async () => {
    const play = world();
    await managing(play, async (handle) => {
      expect(await refusal(switchTo(handle, 'kimmi'))).toBe(
        'There is no provider "kimmi"; known: primary, backup, kimi, local.',
      );
      expect(await refusal(switchTo(handle, 'other'))).toMatch(/^other is not configured/);
      const junk = handle.executeUpdate('switchProvider', { args: [7] });
      expect(await refusal(junk)).toMatch(/^switchProvider takes/);
      expect(play.switches).toEqual([]);
      expect((await status(handle)).switch).toBeNull();
    });
  });

  it('ends a switch when its time is over, by itself', async () => {
    const play = world();
    await managing(play, async (handle) => {
      expect((await switchTo(handle, 'local', 1_000)).until).not.toBeNull();
      expect((await status(handle)).order).toEqual(['local', 'kimi']);
      await until(async () => (await handle.query<FailoverSnapshot>('snapshot')).switch.to === null);
      expect((await status(handle)).order).toEqual(['kimi', 'local']);
      await stage.record(handle, 'provider-manager-switched');
    });
  });

  it('takes a switch that a person types as a signal', async () => {
    const play = world();
    await managing(play, async (handle) => {
      await handle.signal('switchProvider', { to: 'backup', for: '1h', by: 'ann' });
      const { switch: current } = await until(async () => {
        const now = await status(handle);
        return now.switch === null ? null : now;
      });
      expect(current).toMatchObject({ to: 'local', by: 'ann' });
      expect(Date.parse(current?.until ?? '') - Date.parse(current?.at ?? '')).toBe(3_600_000);
    });
  });

  it('notes junk signals, and lives', async () => {
    const play = world();
    await managing(play, async (handle) => {
      const noted = (pattern: RegExp) => until(async () => pattern.test((await status(handle)).note ?? ''));
      await handle.signal('switchProvider', { too: 'backup' });
      await noted(/was not understood/);
      await handle.signal('switchProvider', { to: 'backup', for: 'soon' });
      await noted(/is no duration/);
      await handle.signal('switchProvider', { to: 'nobody' });
      await noted(/There is no provider "nobody"/);
      await handle.signal('switchProvider');
      await handle.signal('report', 'what');
      await noted(/a report was not understood/);
      await handle.signal('configure', null);
      await noted(/a configuration was not understood/);
      expect(play.switches).toEqual([]);
      expect((await handle.describe()).status.name).toBe('RUNNING');
      await stage.record(handle, 'provider-manager-junk');
    });
  });

  it('resets at the front, and shows the provider as closed', async () => {
    const play = world();
    await managing(play, async (handle) => {
      const open = kept(100, { state: 'open', until: 9_000, reason: 'refused' });
      await handle.signal('report', { snapshot: snapshot({ kimi: open, local: open }) });
      const reset = (name: string | null) => handle.executeUpdate('resetProviders', { args: [{ name }] });
      expect(await reset('kimi')).toMatchObject({ order: ['kimi', 'local'] });
      const { providers: seen } = await status(handle);
      expect([seen['kimi']?.state, seen['local']?.state]).toEqual(['closed', 'open']);
      await reset(null);
      expect((await status(handle)).providers['local']?.state).toBe('closed');
      expect(play.resets).toEqual(['kimi', null]);
      expect(await refusal(reset('nobody'))).toMatch(/There is no provider "nobody"/);
    });
  });

  it('looks again after a change of health, knowing it, and not otherwise', async () => {
    const play = world();
    await managing(play, async (handle) => {
      await play.health('kimi', 'bad');
      expect(play.looks).toEqual([
        { names: ['kimi', 'local'], known: {} },
        { names: ['kimi', 'local'], known: { kimi: 'bad' } },
      ]);
      const { providers: seen } = await status(handle);
      expect(seen['kimi']?.health).toMatchObject({ state: 'bad', detail: 'a look' });
      await handle.signal('report', { snapshot: snapshot({ kimi: kept(100) }) });
      await status(handle);
      expect(play.looks).toHaveLength(2);
      await stage.record(handle, 'provider-manager-watching');
    });
  });

  it('looks at other providers when the config has changed, and drops a switch to one that is gone', async () => {
    const play = world();
    await managing(play, async (handle) => {
      await switchTo(handle, 'local');
      await handle.signal('configure', { providers });
      await handle.signal('configure', { providers: [{ name: 'kimi', configured: true }] });
      await until(() => play.looks.length === 2);
      expect(play.looks[1]).toMatchObject({ names: ['kimi'] });
      const { switch: current, order } = await status(handle);
      expect({ current, order }).toEqual({ current: null, order: ['kimi'] });
    });
  });
});
