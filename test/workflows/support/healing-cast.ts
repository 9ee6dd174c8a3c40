// Healing activities that a test can read afterwards: what was planned, done, said and closed, in order.
import { Context } from '@temporalio/activity';
import type { HealingActivities } from '../../../activities/contracts.js';
import type { Anomaly, Level } from '../../../domain/healing/model.js';
import type { ActDone, CloseIncidentInput, PlannedAct, PlannedStep } from '../../../domain/healing/steps.js';

export const ANOMALY: Anomaly = {
  ...{ subject: 'service:web', kind: 'service_down', detail: 'refuses connections', value: null },
  ...{ since: 1_000, detected: 2_000, paths: [] },
};

/** A plan as planStep gives it. */
export function plan(level: Level, more: Partial<PlannedAct> = {}): PlannedAct {
  return {
    ...{ incident: 'i', request: `i-${String(level)}`, level, action: 'restart_services', target: 'web' },
    ...{ permission: level >= 5 ? 'approve' : 'auto', planHash: `hash-${String(level)}`, restore: null },
    ...{
      commands: ['restart web'],
      downtime: 'some',
      dataLoss: 'none',
      grace: 0,
      askedBy: null,
      snooze: 60_000,
    },
    gate: { approvers: [], quorum: 1, fourEyes: false, requireSignature: false, expiresAfter: 600_000 },
    ...more,
  };
}

export const acting = (level: Level, more: Partial<PlannedAct> = {}): PlannedStep => ({
  kind: 'act',
  act: plan(level, more),
  skipped: [],
});

export interface Played {
  /** Requests that were carried out. */
  readonly acts: string[];
  /** Sentences that people were told, and requests that were asked. */
  readonly said: string[];
  readonly closed: CloseIncidentInput[];
  readonly stuck: string[];
  readonly asked: string[];
}

export interface Script {
  /** One for each call; the last one is repeated. */
  readonly steps: readonly PlannedStep[];
  readonly done?: readonly ActDone[];
  /** Looks after an act, one for each. */
  readonly healed?: readonly boolean[];
  /** Ends the wait for a clearing; it waits until cancelled when left out. */
  readonly clear?: () => { readonly well: boolean; readonly detail: string } | null;
}

/** Looks on until it is cancelled. */
export async function waitForever(): Promise<never> {
  const { cancellationSignal } = Context.current();
  for (;;) {
    Context.current().heartbeat();
    await Context.current().sleep(100);
    cancellationSignal.throwIfAborted();
  }
}

function turn<T>(list: readonly T[], count: number): T {
  const found = list[Math.min(count, list.length - 1)];
  if (found === undefined) throw new Error('the script has no such line');
  return found;
}

export function cast(script: Script): Played & Omit<HealingActivities, 'monitorHost' | 'noteBlind'> {
  const counts = { step: 0, done: 0, look: 0 };
  const played: Played = { acts: [], said: [], closed: [], stuck: [], asked: [] };
  return {
    ...played,
    openIncident: () => Promise.resolve(),
    planStep: () => Promise.resolve(turn(script.steps, counts.step++)),
    askApproval({ act }) {
      played.asked.push(act.request);
      return Promise.resolve();
    },
    noteAnswer({ sentence }) {
      played.said.push(sentence);
      return Promise.resolve();
    },
    act({ act }) {
      played.acts.push(act.request);
      return Promise.resolve(turn(script.done ?? [{ state: 'completed', detail: '' }], counts.done++));
    },
    verifyHealed: () =>
      Promise.resolve({ healed: turn(script.healed ?? [true], counts.look++), detail: 'seen' }),
    async awaitClear() {
      const { cancellationSignal } = Context.current();
      for (;;) {
        const over = script.clear?.() ?? null;
        if (over !== null) return over;
        Context.current().heartbeat();
        await Context.current().sleep(50);
        cancellationSignal.throwIfAborted();
      }
    },
    noteStuck({ reason }) {
      played.stuck.push(reason);
      return Promise.resolve();
    },
    closeIncident(input) {
      played.closed.push(input);
      return Promise.resolve();
    },
    signalTimes: () => Promise.resolve([]),
    checkSignature: () => Promise.resolve('good' as const),
  };
}
