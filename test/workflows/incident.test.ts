import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { GateAnswer, IncidentResult, IncidentStatus } from '../../workflows/messages.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';
import { acting, ANOMALY, cast, plan, type Script } from './support/healing-cast.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

const begin = () => stage.start('healIncident', 'incident', { incident: 'i', anomaly: ANOMALY, by: null });
const result = async (handle: WorkflowHandle) => (await handle.result()) as IncidentResult;
const statusOf = (handle: WorkflowHandle) => handle.query<IncidentStatus>('status');
const asking = async (handle: WorkflowHandle) => {
  let status = await statusOf(handle);
  for (const end = Date.now() + 20_000; status.question === null && Date.now() < end;)
    status = await statusOf(handle);
  expect(status.question, 'a question is open').not.toBeNull();
  return status;
};
const say = (
  handle: WorkflowHandle,
  verdict: 'approve' | 'deny',
  by: string,
  request: string | null = null,
) => handle.executeUpdate<GateAnswer, [object]>(verdict, { args: [{ by, reason: 'because', request }] });

async function play<T>(
  script: Script,
  work: (handle: WorkflowHandle, played: ReturnType<typeof cast>) => Promise<T>,
): Promise<T> {
  const played = cast(script);
  return stage.playing(played, async () => {
    const handle = await begin();
    try {
      return await work(handle, played);
    } catch (error) {
      // What people said and what was done then: without it, a failure here cannot be told from a hole in the gate.
      const { events } = await handle.fetchHistory();
      const lines = (events ?? []).map((each) => JSON.stringify(each));
      console.error([`history of ${handle.workflowId}:`, ...lines].join('\n'));
      throw error;
    }
  });
}

describe('an incident', () => {
  it('is decided, acted on, verified and closed with its times', async () => {
    await play({ steps: [acting(2)] }, async (handle, { acts, closed }) => {
      const over = await result(handle);
      expect(over).toMatchObject({ outcome: 'healed' });
      expect(acts).toEqual(['i-2']);
      const [end] = closed;
      expect(end).toMatchObject({ outcome: 'healed', level: 2 });
      const times = [end?.decided, end?.acted, end?.verified, end?.ended];
      expect(times).toEqual([...times].sort());
      await stage.record(handle, 'incident-healed');
    });
  });

  it('climbs when the metric says that it had no effect, though the command said done', async () => {
    const steps = [
      acting(2),
      acting(4),
      { kind: 'exhausted', reason: 'nothing is left', skipped: [] },
    ] as const;
    let well = false;
    await play(
      { steps, healed: [false], clear: () => (well ? { well, detail: 'it is back' } : null) },
      async (handle, { acts, stuck, closed }) => {
        await until(() => stuck.length === 1);
        expect(acts).toEqual(['i-2', 'i-4']);
        well = true;
        expect(await result(handle)).toEqual({ outcome: 'cleared', summary: 'it is well: it is back' });
        expect(closed).toMatchObject([{ outcome: 'cleared', level: null }]);
        await stage.record(handle, 'incident-stuck');
      },
    );
  });

  it('does nothing without an approval, and exactly that once with it', async () => {
    await play({ steps: [acting(5)] }, async (handle, { acts, asked, said }) => {
      const { question, phase } = await asking(handle);
      expect([phase, question?.request]).toEqual(['asking', 'i-5']);
      await until(() => asked.length === 1);
      expect(acts).toEqual([]);
      const answers = await Promise.all([say(handle, 'approve', 'ops'), say(handle, 'approve', 'ops')]);
      expect(answers.map(({ state }) => state)).toContain('approved');
      expect(await result(handle)).toMatchObject({ outcome: 'healed' });
      expect(acts).toEqual(['i-5']);
      expect(said[0]).toContain('Approved by ops');
      await stage.record(handle, 'incident-approved');
    });
  });

  it('takes what a person types into plain signals, and survives all else', async () => {
    await play({ steps: [acting(5)] }, async (handle, { acts, said }) => {
      await asking(handle);
      for (const junk of [null, 'yes', { by: 7 }, { by: 'ops' }, [], { by: '', reason: 'x' }])
        await handle.signal('approve', junk);
      await handle.signal('approve', { by: 'ops', reason: 'x', request: 'another' });
      await until(() => said.length === 7);
      expect(acts).toEqual([]);
      await handle.signal('approve', { by: 'ops', reason: 'go' });
      expect(await result(handle)).toMatchObject({ outcome: 'healed' });
      expect(acts).toEqual(['i-5']);
      await stage.record(handle, 'incident-signals');
    });
  });

  it('does nothing after a denial, says by whom, and asks again when it has rested', async () => {
    let well = false;
    const clear = () => (well ? { well, detail: 'back' } : null);
    const rests = acting(5, { snooze: 200 });
    await play({ steps: [rests], clear }, async (handle, { acts, said, asked }) => {
      await asking(handle);
      expect(await say(handle, 'deny', 'bob')).toMatchObject({ accepted: true, state: 'denied' });
      expect(said[0]).toContain('Denied by bob');
      await until(() => asked.length === 2);
      expect(await say(handle, 'approve', 'bob', 'no-such-request').catch(refusal)).toContain(
        'no-such-request',
      );
      well = true;
      expect(await result(handle)).toMatchObject({ outcome: 'cleared' });
      expect(acts).toEqual([]);
    });
  });

  it('takes the question back when the metric becomes well by itself', async () => {
    let well = false;
    const clear = () => (well ? { well, detail: 'back' } : null);
    await play({ steps: [acting(5)], clear }, async (handle, { acts, said }) => {
      await asking(handle);
      well = true;
      expect(await result(handle)).toMatchObject({ outcome: 'cleared' });
      expect(said).toEqual([expect.stringContaining('withdrawn: back')]);
      expect(acts).toEqual([]);
    });
  });

  it('counts as unanswered, not as denied, what nobody answered', async () => {
    let well = false;
    const clear = () => (well ? { well, detail: 'back' } : null);
    const { gate } = plan(5);
    const steps = [acting(5, { gate: { ...gate, expiresAfter: 300 } })];
    await play({ steps, clear }, async (handle, { acts, said }) => {
      await until(() => said.length === 1);
      expect(said).toEqual(['Nobody answered in time; nothing was done.']);
      expect((await statusOf(handle)).detail).toContain('nobody answered in time');
      expect(await say(handle, 'approve', 'ops').catch(refusal)).toContain('expired');
      well = true;
      await handle.result();
      expect(acts).toEqual([]);
    });
  });

  it('needs as many different people as the quorum says', async () => {
    const { gate } = plan(5);
    const steps = [acting(5, { gate: { ...gate, approvers: ['ops', 'bob'], quorum: 2 } })];
    await play({ steps }, async (handle, { acts }) => {
      await asking(handle);
      expect(await say(handle, 'approve', 'mallory').catch(refusal)).toContain('mallory may not decide');
      expect(await say(handle, 'approve', 'ops')).toMatchObject({ accepted: true, state: 'waiting' });
      expect(await say(handle, 'approve', 'OPS ')).toMatchObject({ state: 'waiting' });
      expect(acts).toEqual([]);
      expect(await say(handle, 'approve', 'bob')).toMatchObject({ state: 'approved' });
      expect(await result(handle)).toMatchObject({ outcome: 'healed' });
    });
  });

  it('waits while a brake holds it, and goes on when that lets go', async () => {
    let free = false;
    const held = { kind: 'held', until: Date.now() + 3_600_000, reason: 'a backup is running' } as const;
    const clear = () => (free ? { well: false, detail: '' } : null);
    await play({ steps: [held, acting(2)], clear }, async (handle, { acts }) => {
      let status = await statusOf(handle);
      while (status.phase !== 'held') status = await statusOf(handle);
      expect(status.detail).toContain('a backup is running');
      free = true;
      expect(await result(handle)).toMatchObject({ outcome: 'healed' });
      expect(acts).toEqual(['i-2']);
      await stage.record(handle, 'incident-held');
    });
  });

  it('decides anew when the plan is another one by the time it would run', async () => {
    const done = [{ state: 'plan_changed' }, { state: 'completed', detail: '' }] as const;
    const steps = [acting(5), acting(2, { request: 'i-new' })];
    await play({ steps, done }, async (handle, { acts }) => {
      await asking(handle);
      await say(handle, 'approve', 'ops');
      expect(await result(handle)).toMatchObject({ outcome: 'healed' });
      expect(acts).toEqual(['i-5', 'i-new']);
    });
  });

  it('repeats nothing whose outcome is unknown: a person is asked to look', async () => {
    let well = false;
    const script: Script = {
      steps: [acting(2)],
      done: [{ state: 'unknown', detail: 'it began' }],
      healed: [false],
      clear: () => (well ? { well, detail: 'back' } : null),
    };
    await play(script, async (handle, { acts, stuck }) => {
      await until(() => stuck.length === 1);
      expect(stuck[0]).toContain('unknown');
      well = true;
      expect(await result(handle)).toMatchObject({ outcome: 'cleared' });
      expect(acts).toEqual(['i-2']);
    });
  });

  it('closes its record when somebody cancels it', async () => {
    await play({ steps: [acting(5)] }, async (handle, { closed, acts }) => {
      await asking(handle);
      await handle.cancel();
      await expect(handle.result()).rejects.toThrow();
      expect(closed).toMatchObject([{ outcome: 'cancelled' }]);
      expect(acts).toEqual([]);
    });
  });
});

function refusal(error: unknown): string {
  if (error instanceof WorkflowUpdateFailedError) return error.cause?.message ?? '';
  throw error;
}
