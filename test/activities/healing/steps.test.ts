// The steps of an incident by themselves: what runs, what does not, and what is told.
import { describe, expect, it } from 'vitest';
import { act } from '../../../activities/healing/act.js';
import { openDoctor } from '../../../activities/healing/doctor.js';
import { monitorHost } from '../../../activities/healing/monitor.js';
import { planStep } from '../../../activities/healing/plan.js';
import {
  askApproval,
  closeIncident,
  noteAnswer,
  noteStuck,
  openIncident,
} from '../../../activities/healing/tell.js';
import { awaitClear, verifyHealed } from '../../../activities/healing/verify.js';
import { pastOf } from '../../../domain/healing/past.js';
import type { PlannedAct } from '../../../domain/healing/steps.js';
import { resumed } from '../../../domain/healing/watch.js';
import { anomalyOf, RICH, rulesOf } from '../../domain/healing/support/world.js';
import { stageOf, type Stage } from './support/ports.js';

const ANOMALY = anomalyOf('service_down', { since: 990_000, detected: 995_000 });
const incident = 'i';

async function planned(stage: Stage, anomaly = ANOMALY, tried: readonly never[] = []): Promise<PlannedAct> {
  const step = await planStep(stage.ports, { incident, anomaly, tried, attempt: 1, by: null }, stage.task);
  if (step.kind !== 'act') throw new Error(step.kind);
  return step.act;
}

const carryOut = (stage: Stage, plan: PlannedAct, anomaly = ANOMALY) =>
  act(stage.ports, { incident, act: plan, anomaly, tried: [], approvedBy: null }, stage.task);

describe('an act', () => {
  it('runs exactly what was planned, under the name of the request, and is on record', async () => {
    const stage = stageOf(rulesOf(RICH));
    const plan = await planned(stage);
    expect(await carryOut(stage, plan)).toEqual({ state: 'completed', detail: '' });
    expect(stage.orders).toMatchObject([
      { id: 'i-1.0', steps: [{ command: { kind: 'argv', argv: ['restart', 'web'] } }] },
    ]);
    expect(stage.events.map(({ type }) => type)).toEqual([
      'healing.decided',
      'healing.acted',
      'healing.acted',
    ]);
  });

  it('runs nothing when the configuration has another command by now', async () => {
    const plan = await planned(stageOf(rulesOf(RICH)));
    const services = [{ ...RICH.services[0], restart: ['rm', '-rf', '/'] }];
    const stage = stageOf(rulesOf({ ...RICH, services }));
    expect(await carryOut(stage, plan)).toEqual({ state: 'plan_changed' });
    expect(stage.orders).toEqual([]);
  });

  it('is held by what runs now, and says until when', async () => {
    const stage = stageOf(rulesOf(RICH), { busy: () => Promise.resolve('a backup') });
    const plan = await planned(stageOf(rulesOf(RICH)));
    expect(await carryOut(stage, plan)).toMatchObject({ state: 'held', reason: 'a backup is running' });
    expect(stage.orders).toEqual([]);
  });

  it('that was begun before a crash goes on, whatever the brakes say now', async () => {
    const stage = stageOf(rulesOf(RICH));
    const plan = await planned(stage);
    await carryOut(stage, plan);
    const again = { ...stage.ports, busy: () => Promise.resolve('a backup') };
    const input = { incident, act: plan, anomaly: ANOMALY, tried: [], approvedBy: null };
    expect(await act(again, input, stage.task)).toMatchObject({ state: 'completed' });
  });

  it.each([
    ['what it said last, without a secret', 'a\nno s3cret\n', 'no ***'],
    [
      'what systemctl said before it names the place to read on',
      "Failed to restart demo.service: Interactive authentication required.\nSee system logs and 'systemctl status demo.service' for details.\n",
      'Failed to restart demo.service: Interactive authentication required.',
    ],
  ])('of a command that fails tells %s', async (_what, output, said) => {
    const step = { code: 3, signal: null, timedOut: false, failure: null, ms: 5, output };
    const shell = {
      carryOut: () => Promise.resolve({ state: 'failed' as const, steps: [step] }),
      prune: () => Promise.resolve(),
    };
    const stage = stageOf(rulesOf(RICH), { shell });
    expect(await carryOut(stage, await planned(stage))).toEqual({
      state: 'failed',
      detail: `exit code 3; it says "${said}"`,
    });
  });

  it('of level 6 is only let through here: a restore is a workflow of its own', async () => {
    const stage = stageOf(rulesOf(RICH));
    const anomaly = anomalyOf('data_corruption');
    const plan = await planned(stage, anomaly);
    expect(plan).toMatchObject({ level: 6, restore: ['MEMORY.md'], permission: 'approve' });
    expect(await carryOut(stage, plan, anomaly)).toEqual({ state: 'completed', detail: '' });
    expect(stage.orders).toEqual([]);
  });
});

describe('a plan', () => {
  it('leaves a thing to the incident that has it, and not to one whose workflow was ended', async () => {
    const stage = stageOf(rulesOf(RICH));
    await openIncident(stage.ports, { incident: 'first', anomaly: ANOMALY, workflowId: 'w', by: null });
    const input = { incident, anomaly: ANOMALY, tried: [], attempt: 1, by: null };
    expect(await planStep(stage.ports, input, stage.task)).toEqual({
      kind: 'cleared',
      detail: 'the incident first has it',
    });
    const ended = { ...stage.ports, isRunning: () => Promise.resolve(false) };
    expect(await planStep(ended, input, stage.task)).toMatchObject({ kind: 'act' });
    expect(stage.events.at(-2)).toMatchObject({ type: 'healing.finished', data: { incident: 'first' } });
  });

  it('asks a person when so much is wrong at once that it is a storm', async () => {
    const stage = stageOf(rulesOf({ ...RICH, limits: { storm: 2 } }));
    for (const name of ['a', 'b'])
      await openIncident(stage.ports, {
        ...{ incident: name, anomaly: { ...ANOMALY, subject: `service:${name}` }, workflowId: 'w', by: null },
      });
    const plan = await planned(stage);
    expect(plan.permission).toBe('approve');
  });

  it('waits for the service that this one needs', async () => {
    const [web, db] = RICH.services;
    const stage = stageOf(rulesOf({ services: [{ ...web, depends_on: ['db'] }, db] }));
    stage.look = { state: 'bad', detail: 'refuses', value: null, instance: null };
    const input = { incident, anomaly: ANOMALY, tried: [], attempt: 1, by: null };
    expect(await planStep(stage.ports, input, stage.task)).toMatchObject({
      kind: 'held',
      reason: 'it waits for db',
    });
  });
});

describe('a look afterwards', () => {
  const input = { incident, request: 'i-1', anomaly: ANOMALY, grace: 3_000 };

  it('is well only when it stays so', async () => {
    const stage = stageOf(rulesOf(RICH));
    const began = stage.clock.now;
    expect(await verifyHealed(stage.ports, openDoctor(stage.ports), input, stage.task)).toMatchObject({
      healed: true,
    });
    expect(stage.clock.now - began).toBeGreaterThanOrEqual(2_000);
  });

  it.each(['bad', 'unknown'] as const)(
    'that is %s until the grace is over has shown no effect',
    async (state) => {
      const stage = stageOf(rulesOf(RICH));
      stage.look = { state, detail: 'nothing', value: null, instance: null };
      expect(await verifyHealed(stage.ports, openDoctor(stage.ports), input, stage.task)).toEqual({
        healed: false,
        detail: 'nothing',
      });
    },
  );

  it('sees a crash loop as the monitor does: a service that is new at every look is not well', async () => {
    const stage = stageOf(rulesOf(RICH));
    const doctor = openDoctor(stage.ports);
    for (let n = 0; n < 4; n += 1) {
      stage.look = { state: 'good', detail: 'runs', value: null, instance: `pid ${String(n)}` };
      await doctor.lookAt(ANOMALY, stage.task.signal);
    }
    expect(await verifyHealed(stage.ports, doctor, input, stage.task)).toMatchObject({
      healed: false,
      detail: expect.stringContaining('restarted 3 times') as string,
    });
  });

  it('that waits ends when the brakes let go', async () => {
    const stage = stageOf(rulesOf(RICH));
    stage.look = { state: 'bad', detail: 'refuses', value: null, instance: null };
    const ports = {
      ...stage.ports,
      busy: () => Promise.resolve(stage.clock.now > 1_050_000 ? null : 'a backup'),
    };
    const wake = { on: 'free', tried: [] } as const;
    expect(await awaitClear(ports, openDoctor(ports), { anomaly: ANOMALY, wake }, stage.task)).toEqual({
      well: false,
      detail: '',
    });
    expect(stage.clock.now).toBeGreaterThan(1_050_000);
  });

  it('at damage keeps in mind what an earlier share found', async () => {
    const share = (paths: readonly string[]) =>
      ({ state: paths.length > 0 ? 'bad' : 'good', detail: 'looked', value: null, paths }) as const;
    const shares = [share(['a']), share([])];
    const stage = stageOf(rulesOf(RICH), {
      integrity: () => Promise.resolve(shares.shift() ?? share([])),
      integrityOf: (paths) => Promise.resolve(share(paths)),
    });
    const known = await monitorHost(
      stage.ports,
      openDoctor(stage.ports),
      { anomalies: [], blind: [] },
      stage.task,
    );
    expect(known.anomalies).toMatchObject([{ subject: 'data', paths: ['a'] }]);
    const seen = await openDoctor(stage.ports).look('slow', resumed(known.anomalies), stage.task.signal);
    expect(seen).toMatchObject([{ state: 'bad', paths: ['a'] }]);
  });
});

describe('the monitor', () => {
  it('begins anew what is wrong while no incident has it', async () => {
    const stage = stageOf(rulesOf({ services: RICH.services.slice(0, 1) }));
    stage.look = { state: 'bad', detail: 'refuses', value: null, instance: null };
    const known = { anomalies: [{ ...ANOMALY, detected: 900_000 }], blind: [] };
    const found = await monitorHost(stage.ports, openDoctor(stage.ports), known, stage.task);
    expect(found.anomalies).toMatchObject([{ subject: 'service:web' }]);
    expect(found.anomalies[0]?.detected).toBeGreaterThan(1_000_000);
  });

  it('takes a full disk that does not answer any more neither for well nor for gone', async () => {
    const failure = { mount: '/data', failure: 'no answer in 2 s' };
    const stage = stageOf(rulesOf());
    const ports = { ...stage.ports, host: { ...stage.ports.host, disks: () => Promise.resolve([failure]) } };
    const anomaly = anomalyOf('disk_critical', { subject: 'disk:/mnt/big' });
    expect(await openDoctor(ports).lookAt(anomaly, stage.task.signal)).toMatchObject({ state: 'unknown' });
    expect(await openDoctor(stage.ports).lookAt(anomaly, stage.task.signal)).toMatchObject({ state: 'good' });
  });

  it('says nothing against a service that is being restarted to relieve memory', async () => {
    const rules = rulesOf({ services: RICH.services.slice(0, 1) });
    const [web] = rules.services;
    const stage = stageOf(rules);
    stage.look = { state: 'bad', detail: 'refuses', value: null, instance: null };
    const look = async (target: string, ...times: readonly (readonly [number, string])[]) => {
      const acted = times.map(([at, status]) => ({
        type: 'healing.acted',
        at: new Date(at).toISOString(),
        data: {
          ...{ incident: 'i', request: 'r', level: 2, action: 'restart_services', target, status },
          ...{ disruptive: true, touched: ['web'], detail: '', duration_ms: 0 },
        },
      }));
      const past = () => Promise.resolve(pastOf(acted, stage.clock.now));
      return (await openDoctor({ ...stage.ports, past }).lookAt(ANOMALY, stage.task.signal)).state;
    };
    const now = stage.clock.now;
    const { timeout = 0, grace = 0 } = web ?? {};
    expect(await look('memory', [now - 1, 'started'])).toBe('unknown');
    expect(await look('memory', [now - timeout - grace, 'started'])).toBe('bad');
    expect(await look('memory', [now - timeout - grace, 'started'], [now - grace + 1, 'completed'])).toBe(
      'unknown',
    );
    expect(await look('memory', [now - timeout, 'started'], [now - grace, 'completed'])).toBe('bad');
    // Its own incident knows by itself how long it waits.
    expect(await look('web', [now - 1, 'started'])).toBe('bad');
  });

  it('drops what is not watched any more', async () => {
    const stage = stageOf(rulesOf());
    const known = { anomalies: [ANOMALY], blind: [] };
    expect(await monitorHost(stage.ports, openDoctor(stage.ports), known, stage.task)).toMatchObject({
      anomalies: [],
    });
  });
});

describe('what is told', () => {
  it('a question by a name of its own, with what it costs and how to answer, and its end', async () => {
    const stage = stageOf(rulesOf(RICH));
    const plan = { ...(await planned(stage)), level: 5 as const };
    const asked = { incident, act: plan, anomaly: ANOMALY, opened: 1, expires: 60_000 };
    await askApproval(stage.ports, asked);
    const [notice] = stage.notices;
    expect(notice).toMatchObject({ incident: 'healing/question/i-1', state: 'raised', level: 'critical' });
    for (const words of ['restart web', 'Downtime', 'nxs approve']) expect(notice?.text).toContain(words);
    const answer = { incident, request: 'i-1', by: 'ops', reason: 'x', verified: false, sentence: 's' };
    await noteAnswer(stage.ports, { ...answer, verdict: 'approve', accepted: true, final: false, serial: 1 });
    expect(stage.notices).toHaveLength(1);
    await noteAnswer(stage.ports, { ...answer, verdict: 'deny', accepted: true, final: true, serial: 2 });
    expect(stage.notices.at(-1)).toMatchObject({ incident: 'healing/question/i-1', state: 'resolved' });
  });

  it('nobody is called for memory in use that nothing can be done about', async () => {
    const stage = stageOf(rulesOf());
    const note = { incident, reason: 'nothing is left', skipped: [], serial: 1 };
    await noteStuck(stage.ports, { ...note, anomaly: anomalyOf('memory_warning') });
    await noteStuck(stage.ports, { ...note, anomaly: ANOMALY, serial: 2 });
    expect(stage.notices.map(({ level }) => level)).toEqual(['info', 'critical']);
  });

  it('a step that is repeated is one line', async () => {
    const stage = stageOf(rulesOf(RICH));
    const times = { decided: 1, acted: 2, verified: 3, ended: 4, question: null };
    const close = { incident, anomaly: ANOMALY, outcome: 'healed', level: 2, summary: 's' } as const;
    await closeIncident(stage.ports, { ...close, ...times });
    await closeIncident(stage.ports, { ...close, ...times });
    expect(stage.events).toHaveLength(1);
  });
});
