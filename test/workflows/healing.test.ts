import { Context } from '@temporalio/activity';
import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Anomaly } from '../../domain/healing/model.js';
import type { BlindNote, HostWatch, OpenIncidentInput } from '../../domain/healing/steps.js';
import { incidentId, workflowId } from '../../domain/ids.js';
import type { HealingStatus } from '../../workflows/messages.js';
import { openStage, type Stage } from '../support/temporal-workflows.js';
import { until } from '../support/until.js';
import { acting, ANOMALY, cast } from './support/healing-cast.js';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
}, 60_000);
afterAll(() => stage.close());

const WELL: HostWatch = { anomalies: [], blind: [] };

/** A monitor that says these things one after another, and then looks on for as long as it is let. */
function monitor(...says: readonly HostWatch[]) {
  const known: HostWatch[] = [];
  return {
    known,
    async monitorHost(given: HostWatch): Promise<HostWatch> {
      known.push(given);
      const said = says[known.length - 1];
      if (said !== undefined) return said;
      const beat = setInterval(() => Context.current().heartbeat(), 200);
      try {
        return await Context.current().cancelled;
      } finally {
        clearInterval(beat);
      }
    },
  };
}

function players(...says: readonly HostWatch[]) {
  const opened: OpenIncidentInput[] = [];
  const blind: BlindNote[] = [];
  return {
    ...cast({ steps: [acting(2)] }),
    ...monitor(...says),
    opened,
    blind,
    openIncident(input: OpenIncidentInput) {
      opened.push(input);
      return Promise.resolve();
    },
    noteBlind(note: BlindNote) {
      blind.push(note);
      return Promise.resolve();
    },
  };
}

const begin = () => stage.start('healingLoop', 'healing', { known: WELL });
const bad = (subject: string, detected: number): Anomaly => ({ ...ANOMALY, subject, detected });

async function historyLength(handle: WorkflowHandle): Promise<number> {
  return (await handle.describe()).historyLength;
}

describe('the healing loop', () => {
  it('starts one incident for each thing that is newly wrong, and none for what it knows', async () => {
    const web = bad('service:web', 1);
    const db = bad('service:db', 2);
    const played = players(
      { anomalies: [web], blind: [] },
      { anomalies: [web, db], blind: [] },
      { anomalies: [db], blind: [] },
    );
    await stage.playing(played, async () => {
      const handle = await begin();
      await until(() => played.known.length === 4 && played.opened.length === 2);
      expect(played.opened.map(({ incident }) => incident).sort()).toEqual(
        [incidentId(web.subject, 1), incidentId(db.subject, 2)].sort(),
      );
      expect(played.known.at(-1)?.anomalies).toEqual([db]);
      const status = await handle.query<HealingStatus>('status');
      expect(status.detail).toContain('service:db');
      await stage.record(handle, 'healing-loop');
      await handle.terminate();
    });
  });

  it('starts another one when the same thing begins anew', async () => {
    const played = players({ anomalies: [bad('a', 1)], blind: [] }, { anomalies: [bad('a', 2)], blind: [] });
    await stage.playing(played, async () => {
      const handle = await begin();
      await until(() => played.opened.length === 2);
      await handle.terminate();
    });
  });

  it('leaves an incident alone when it is ended itself', async () => {
    const anomaly = bad('service:web', 7);
    const played = players({ anomalies: [anomaly], blind: [] });
    const { planStep, askApproval } = cast({ steps: [acting(5)] });
    await stage.playing({ ...played, planStep, askApproval }, async () => {
      const handle = await begin();
      const incident = incidentId(anomaly.subject, 7);
      const child = stage.client.workflow.getHandle(workflowId(stage.node, 'incident', incident));
      await until(() => played.opened.some((each) => each.incident === incident));
      await handle.terminate();
      expect((await child.describe()).status.name).toBe('RUNNING');
      await child.terminate();
    });
  });

  it('tells what cannot be seen, and when it can be seen again', async () => {
    const blind = { subject: 'service:web', detail: 'no answer', since: 1 };
    const played = players({ anomalies: [], blind: [blind] }, WELL);
    await stage.playing(played, async () => {
      const handle = await begin();
      await until(() => played.blind.length === 2);
      expect(played.blind).toMatchObject([
        { blind: [blind], over: [] },
        { blind: [], over: [blind] },
      ]);
      await handle.terminate();
    });
  });

  it('adds nothing to its history while nothing changes', async () => {
    const played = players();
    await stage.playing(played, async () => {
      const handle = await begin();
      await until(() => played.known.length === 1);
      const before = await historyLength(handle);
      // As many beats as there are in a while of watching.
      for (let n = 0; n < 5; n += 1) await handle.query('status');
      expect(await historyLength(handle)).toBe(before);
      await handle.terminate();
    });
  });

  it('starts what a person triggers, and refuses in one sentence what is none', async () => {
    const played = players();
    await stage.playing(played, async () => {
      const handle = await begin();
      await until(() => played.known.length === 1);
      const trigger = (typed: unknown) =>
        handle.executeUpdate<{ incident: string }, [unknown]>('trigger', { args: [typed] });
      const { incident } = await trigger({ kind: 'service_down', target: 'web', by: 'ops' });
      expect(incident).toMatch(/^service-web-\d{8}T/);
      await until(() => played.opened.length === 1);
      expect(played.opened).toMatchObject([{ incident, by: 'ops' }]);
      const refused = await trigger({ kind: 'service_down', by: 'ops' }).catch((error: unknown) => error);
      expect(refused).toBeInstanceOf(WorkflowUpdateFailedError);
      expect((refused as WorkflowUpdateFailedError).cause?.message).toContain('needs a target');
      await stage.record(handle, 'healing-triggered');
      await handle.terminate();
    });
  });
});
