// What comes next for an incident, worked out anew each time from the configuration of this worker and the journal: what is
// carried out later has to be what was decided here, or it is decided again.
import { NxsError } from '../../domain/errors.js';
import { brake, isStorm, type Brake, type Circumstances } from '../../domain/healing/brakes.js';
import { nextStep, type Skipped, type Tried } from '../../domain/healing/ladder.js';
import { targetOf, thingOf, type Anomaly } from '../../domain/healing/model.js';
import { healedBefore, type OpenBefore, type PastOf } from '../../domain/healing/past.js';
import { linesOf, planHash, planLevel, type Playbook } from '../../domain/healing/playbook.js';
import { isNamed } from '../../domain/healing/rules.js';
import type { PlannedAct, PlannedStep, PlanStepInput } from '../../domain/healing/steps.js';
import type { Task } from '../task.js';
import type { HealingPorts } from './ports.js';

type Foresight = Pick<HealingPorts, 'rules' | 'host' | 'now' | 'busy' | 'providers' | 'restorable'>;

/** Decides, and notes down what was decided. */
export async function planStep(ports: HealingPorts, input: PlanStepInput, task: Task): Promise<PlannedStep> {
  const { incident, anomaly, tried, attempt } = input;
  if (!isNamed(ports.rules, anomaly))
    return { kind: 'cleared', detail: 'the configuration does not name it' };
  const past = await ports.past();
  const other = past.open.get(thingOf(anomaly));
  if (other !== undefined && other.incident !== incident) {
    if (await ports.isRunning(other.incident))
      return { kind: 'cleared', detail: `the incident ${other.incident} has it` };
    await noteEnded(ports, other);
  }
  const seen = await foresee(ports, past, { anomaly, tried }, task);
  if (seen.kind === 'exhausted') return { ...seen, reason: whyExhausted(seen.skipped, tried) };
  const { playbook, held, skipped } = seen;
  if (held.held) {
    await noteHeld(ports, input, held);
    return { kind: 'held', until: held.until, reason: held.reason };
  }
  const act = plannedAct(ports, playbook, `${incident}-${String(attempt)}`, incident, input.by);
  await noteDecided(ports, act, skipped);
  return { kind: 'act', act, skipped };
}

export type Foreseen =
  | {
      readonly kind: 'act';
      readonly playbook: Playbook;
      readonly skipped: readonly Skipped[];
      readonly held: Brake;
    }
  | { readonly kind: 'exhausted'; readonly skipped: readonly Skipped[] };

/** What would come next, and what holds it. Nothing is written: `nxs heal trigger --dry-run` shows the same. */
export async function foresee(
  ports: Foresight,
  past: PastOf,
  { anomaly, tried }: { readonly anomaly: Anomaly; readonly tried: readonly Tried[] },
  task: Pick<Task, 'signal'>,
): Promise<Foreseen> {
  const causes = await causesOf(ports, anomaly, task);
  const possible = await possibleOf(ports);
  const healed = healedBefore(past, anomaly.subject);
  const step = nextStep(anomaly, tried, ports.rules, possible, { healed });
  if (step.kind === 'exhausted') return step;
  const circumstances = await circumstancesOf(ports, past, causes, false);
  const { limits } = ports.rules;
  const storm = step.playbook.disruptive && isStorm(circumstances, limits);
  const playbook: Playbook = storm ? { ...step.playbook, permission: 'approve' } : step.playbook;
  const held = brake(playbook, limits, { ...circumstances, approved: playbook.permission === 'approve' });
  const reason = `not by itself: ${String(circumstances.anomalies)} things are wrong at once`;
  const skipped = storm ? [...step.skipped, { level: playbook.level, reason }] : step.skipped;
  return { kind: 'act', playbook, skipped, held };
}

/** What would run now under that hash, or null when it is another thing. */
export async function playbookFor(
  ports: HealingPorts,
  { level, planHash: hash }: Pick<PlannedAct, 'level' | 'planHash'>,
  anomaly: Anomaly,
): Promise<Playbook | null> {
  const planned = planLevel(level, anomaly, ports.rules, await possibleOf(ports));
  if ('skip' in planned) return null;
  return planHash(planned.playbook, (text) => ports.sha256(text)) === hash ? planned.playbook : null;
}

export async function brakeNow(
  ports: HealingPorts,
  playbook: Playbook,
  approved: boolean,
  anomaly: Anomaly,
  request: string,
  task: Task,
): Promise<Brake> {
  const past = await ports.past();
  // This very act, begun before a crash, is no reason not to end it.
  if (past.acts.some((each) => each.request === request)) return { held: false };
  const causes = await causesOf(ports, anomaly, task);
  return brake(playbook, ports.rules.limits, await circumstancesOf(ports, past, causes, approved));
}

async function possibleOf({ providers, restorable }: Pick<HealingPorts, 'providers' | 'restorable'>) {
  const otherProvider = await providers.look().then(
    ({ other }) => other,
    () => false,
  );
  return { otherProvider, restorable: await restorable() };
}

async function circumstancesOf(
  ports: Pick<HealingPorts, 'now' | 'busy'>,
  past: PastOf,
  causes: readonly string[],
  approved: boolean,
): Promise<Circumstances> {
  return {
    now: ports.now(),
    acts: past.acts,
    pausedUntil: past.pause?.until ?? null,
    busy: await ports.busy(),
    causes,
    anomalies: past.open.size,
    approved,
  };
}

/** Services that this one needs and that are not well: they are healed first. */
async function causesOf(
  ports: Pick<HealingPorts, 'rules' | 'host'>,
  { kind, subject }: Anomaly,
  task: Pick<Task, 'signal'>,
): Promise<readonly string[]> {
  if (kind !== 'service_down') return [];
  const { services } = ports.rules;
  const mine = services.find(({ name }) => name === targetOf(subject));
  const needed = services.filter(({ name }) => mine?.depends_on.includes(name) === true);
  const readings = await Promise.all(
    needed.map(async ({ name, probe }) => ({
      name,
      state: (await ports.host.probe(probe, task.signal)).state,
    })),
  );
  return readings.filter(({ state }) => state === 'bad').map(({ name }) => name);
}

function plannedAct(
  ports: HealingPorts,
  playbook: Playbook,
  request: string,
  incident: string,
  by: string | null,
): PlannedAct {
  const { level, action, target, permission, downtime, dataLoss, grace, works } = playbook;
  const { approvers, quorum, four_eyes, require_signature, expires_after } = ports.rules.approvals;
  const restore = works.flatMap((work) => (work.kind === 'restore' ? work.paths : []));
  return {
    incident,
    request,
    level,
    action,
    target,
    permission,
    planHash: planHash(playbook, (text) => ports.sha256(text)),
    commands: linesOf(playbook).map((line) => ports.scrub(line)),
    downtime,
    dataLoss,
    restore: restore.length > 0 ? restore : null,
    grace,
    askedBy: by,
    snooze: ports.rules.limits.snooze,
    gate: {
      approvers: approvers.map(({ name }) => name),
      quorum,
      fourEyes: four_eyes,
      requireSignature: require_signature,
      expiresAfter: expires_after,
    },
  };
}

async function noteDecided(ports: HealingPorts, act: PlannedAct, skipped: readonly Skipped[]): Promise<void> {
  const { incident, request, level, action, target, permission, planHash: hash, commands } = act;
  await ports.journal({
    id: `${incident}/${request}/decided/${hash}`,
    type: 'healing.decided',
    data: {
      ...{ incident, request, level, action, target, permission, plan_hash: hash },
      commands: [...commands],
      downtime: act.downtime,
      data_loss: act.dataLoss,
      skipped: skipped.map((each) => ({ ...each })),
    },
  });
}

/** Somebody ended its workflow in Temporal: nobody else will say that it is over. */
async function noteEnded(
  ports: HealingPorts,
  { incident, subject, kind, detected }: OpenBefore,
): Promise<void> {
  await ports.journal({
    id: `${incident}/finished`,
    type: 'healing.finished',
    data: {
      ...{ incident, subject, kind, outcome: 'cancelled', level: null, detect_ms: 0 },
      ...{ decide_ms: null, act_ms: null, verify_ms: null },
      summary: 'its workflow was ended in Temporal',
      total_ms: Math.max(0, ports.now() - detected),
    },
  });
}

async function noteHeld(
  ports: HealingPorts,
  { incident, attempt }: PlanStepInput,
  { until, reason }: Extract<Brake, { held: true }>,
): Promise<void> {
  // The same brake is one line, however often it is asked.
  const words = reason.replace(/\d+/g, '#');
  await ports.journal({
    id: `${incident}/${String(attempt)}/held/${ports.sha256(words).slice(0, 12)}`,
    type: 'healing.braked',
    data: { incident, until: new Date(until).toISOString(), reason },
  });
}

function whyExhausted(skipped: readonly Skipped[], tried: readonly Tried[]): string {
  const did = tried.map(({ level, how }) => `level ${String(level)}: ${how.replace('_', ' ')}`);
  const not = skipped.map(({ level, reason }) => `level ${String(level)}: ${reason}`);
  const parts = [...did, ...not];
  if (parts.length === 0) throw new NxsError('USAGE', 'A ladder without levels.');
  return `nothing is left that nxs may or can do (${parts.join('; ')})`;
}
