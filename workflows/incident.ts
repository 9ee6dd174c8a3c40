// One thing that is wrong, from its detection until it is well: decide, ask where a person has to be asked, act, verify by the metric
// that began it, and climb when that shows no effect. It is never over before the metric is well, whoever made it so.
import {
  CancellationScope,
  condition,
  executeChild,
  isCancellation,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { taskQueue, workflowId } from '../domain/ids.js';
import type { Tried } from '../domain/healing/ladder.js';
import type { Level } from '../domain/healing/model.js';
import type { ActDone, PlannedAct } from '../domain/healing/steps.js';
import { ended, reasonOf } from './failure.js';
import { openDoor } from './gate.js';
import type { IncidentInput, IncidentResult, RestoreWorkflowInput } from './messages.js';
import { trackPhase } from './phase.js';
import { healing, healingWatch, healingWork } from './proxies.js';

const LEVEL = defineSearchAttributeKey('NxsLevel', 'INT');

/** Ends as Failed only when it was cancelled: an incident that needs a person stays open until the metric is well. */
export async function healIncident(input: IncidentInput): Promise<IncidentResult> {
  const { node, incident, anomaly, by } = input;
  const tried: Tried[] = [];
  const times = {
    decided: null as number | null,
    acted: null as number | null,
    verified: null as number | null,
  };
  let current: PlannedAct | null = null;
  let stuck = 0;
  const phase = trackPhase('detected', () => ({ anomaly, tried, act: current, question: door.question() }));
  const door = openDoor(incident, (act, opened, expires) =>
    healing.askApproval({ incident, act, anomaly, opened, expires }),
  );
  phase.enter('detected', `${anomaly.subject}: ${anomaly.detail}`);
  try {
    await healing.openIncident({ incident, anomaly, workflowId: workflowInfo().workflowId, by });
    return await heal();
  } catch (error) {
    const why = isCancellation(error) ? 'it was cancelled in Temporal' : reasonOf(error);
    await CancellationScope.nonCancellable(() => close('cancelled', null, why));
    if (isCancellation(error)) throw error;
    throw ended('ACTIVITY_FAILED', why);
  }

  async function heal(): Promise<IncidentResult> {
    for (let attempt = 1; ; attempt += 1) {
      const step = await healing.planStep.executeWithOptions({ summary: 'what comes next' }, [
        { incident, anomaly, tried, attempt, by },
      ]);
      if (step.kind === 'cleared') return cleared(step.detail);
      if (step.kind === 'held') {
        const well = await held(step);
        if (well !== null) return cleared(well);
        attempt -= 1;
        continue;
      }
      if (step.kind === 'exhausted') {
        const over = await needPerson(step.reason, step.skipped, 'possible');
        if (over !== null) return over;
        continue;
      }
      current = step.act;
      times.decided = Date.now();
      upsertSearchAttributes([{ key: LEVEL, value: current.level }]);
      const result = await carryThrough(current);
      current = null;
      if (result !== null) return result;
    }
  }

  /** Asks, acts, verifies; null: on to the next step. */
  async function carryThrough(act: PlannedAct): Promise<IncidentResult | null> {
    const approved = act.permission === 'approve' ? await asked(act) : { by: null };
    if ('result' in approved) return approved.result;
    const done = await doIt(act, approved.by);
    if (done.state === 'cleared') return cleared(done.detail);
    if (done.state === 'plan_changed') return null;
    times.acted = Date.now();
    const grace = done.state === 'completed' ? act.grace : 0;
    phase.enter('verifying', `${anomaly.subject} after ${act.action}`);
    const { healed, detail } = await healingWork.verifyHealed.executeWithOptions(
      { summary: `is ${anomaly.subject} well?` },
      [{ incident, request: act.request, anomaly, grace }],
    );
    times.verified = Date.now();
    if (healed) return over('healed', act.level, `${act.action} on ${act.target} helped: ${detail}`);
    if (done.state === 'unknown')
      return needPerson(
        `the outcome of level ${String(act.level)} (${act.action}) is unknown: ${done.detail}`,
        [],
        null,
      );
    tried.push({ level: act.level, how: done.state === 'completed' ? 'no_effect' : 'failed' });
    return null;
  }

  async function asked(
    act: PlannedAct,
  ): Promise<{ readonly by: string } | { readonly result: IncidentResult | null }> {
    const clear = watchForClear();
    phase.enter('asking', question(act));
    const outcome = await door.ask(act, clear.well);
    clear.stop();
    if (outcome.kind === 'approved') return { by: outcome.approvals.map((each) => each.by).join(', ') };
    if (outcome.kind === 'withdrawn') return { result: await cleared(outcome.reason) };
    const who = outcome.kind === 'denied' ? `denied by ${outcome.by}` : 'nobody answered in time';
    const well = await rest('resting', `level ${String(act.level)}: ${who}`, Date.now() + act.snooze);
    return { result: well === null ? null : await cleared(well) };
  }

  type Done = Exclude<ActDone, { state: 'held' }> | { readonly state: 'cleared'; readonly detail: string };

  async function doIt(act: PlannedAct, approvedBy: string | null): Promise<Done> {
    for (;;) {
      phase.enter('acting', `level ${String(act.level)}: ${act.commands.join('; ')}`);
      const done =
        act.restore === null ? await order(act, approvedBy) : await restore(act, act.restore, approvedBy);
      if (done.state !== 'held') return done;
      const well = await held(done);
      if (well !== null) return { state: 'cleared', detail: well };
    }
  }

  async function order(act: PlannedAct, approvedBy: string | null): Promise<ActDone> {
    const what = `level ${String(act.level)} ${act.action}: ${act.commands.join('; ')}`.slice(0, 190);
    try {
      return await healingWork.act.executeWithOptions({ summary: what }, [
        { incident, act, anomaly, tried, approvedBy },
      ]);
    } catch (error) {
      if (isCancellation(error)) throw error;
      return { state: 'failed', detail: reasonOf(error) };
    }
  }

  /** Level 6 is a restore like any other: it proves each file before it takes a place, and keeps what was there. */
  async function restore(
    act: PlannedAct,
    paths: readonly string[],
    approvedBy: string | null,
  ): Promise<ActDone> {
    const allowed = await order(act, approvedBy);
    if (allowed.state !== 'completed') return allowed;
    const request: RestoreWorkflowInput = {
      ...{ node, destination: null, at: null, to: null, paths, dryRun: false, undo: null },
    };
    try {
      await executeChild('restoreFiles', {
        workflowId: workflowId(node, 'restore', act.request),
        taskQueue: taskQueue(node),
        args: [request],
        staticSummary: `level 6 of ${incident}: ${paths.join(', ')}`.slice(0, 190),
      });
      return { state: 'completed', detail: '' };
    } catch (error) {
      if (isCancellation(error)) throw error;
      return { state: 'failed', detail: reasonOf(error) };
    }
  }

  /** Waits until the brakes let go (null), or until it is well (what made it so). */
  async function held({
    reason,
    until,
  }: {
    readonly reason: string;
    readonly until: number;
  }): Promise<string | null> {
    phase.enter('held', `${reason}, until ${new Date(until).toISOString()} or sooner`);
    const { well, detail } = await healingWatch.awaitClear.executeWithOptions(
      { summary: `held: ${reason}`.slice(0, 190) },
      [{ anomaly, wake: { on: 'free', tried } }],
    );
    return well ? detail : null;
  }

  /** Waits; returns what made it well, or null when the time is over. */
  async function rest(word: string, why: string, until: number): Promise<string | null> {
    phase.enter(word, `${why}, until ${new Date(until).toISOString()}`);
    const clear = watchForClear();
    const isWell = () => clear.well() !== null;
    await condition(isWell, Math.max(1, until - Date.now()));
    clear.stop();
    return clear.well();
  }

  function watchForClear(): { readonly well: () => string | null; readonly stop: () => void } {
    const scope = new CancellationScope();
    let well: string | null = null;
    scope
      .run(async () => {
        const { detail } = await healingWatch.awaitClear.executeWithOptions(
          { summary: 'is it well by itself?' },
          [{ anomaly, wake: null }],
        );
        well = detail;
      })
      .catch(() => undefined);
    return { well: () => well, stop: () => scope.cancel() };
  }

  /** null: something can be done after all. */
  async function needPerson(
    reason: string,
    skipped: readonly { readonly level: Level; readonly reason: string }[],
    wake: 'possible' | null,
  ): Promise<IncidentResult | null> {
    stuck += 1;
    await healing.noteStuck({ incident, anomaly, reason, skipped, serial: stuck });
    phase.enter('a person is needed', reason);
    const { well, detail } = await healingWatch.awaitClear.executeWithOptions(
      { summary: 'a person is needed' },
      [{ anomaly, wake: wake === null ? null : { on: wake, tried } }],
    );
    return well ? cleared(detail) : null;
  }

  function cleared(detail: string): Promise<IncidentResult> {
    return over('cleared', null, `it is well: ${detail}`);
  }

  async function over(outcome: IncidentResult['outcome'], level: Level | null, summary: string) {
    await close(outcome, level, summary);
    phase.finish(outcome, summary);
    return { outcome, summary };
  }

  function close(
    outcome: 'healed' | 'cleared' | 'cancelled',
    level: Level | null,
    summary: string,
  ): Promise<void> {
    const asked = door.question()?.request ?? null;
    const ended = { ...times, ended: Date.now(), question: asked };
    return healing.closeIncident({ incident, anomaly, outcome, level, summary, ...ended });
  }
}

function question({ level, action, target, commands, downtime, dataLoss, gate }: PlannedAct): string {
  return [
    `level ${String(level)} (${action} on ${target}) needs approval: \`${commands.join('; ')}\``,
    `downtime: ${downtime}; data loss: ${dataLoss}`,
    `unanswered for ${String(Math.round(gate.expiresAfter / 60_000))} min: nothing is done`,
  ].join('\n\n');
}
