// Carries out exactly what was decided: the plan is made anew from the configuration, and when its hash is another one nothing
// runs. Commands run under the request's name, once, in a process that outlives us; asked again, we wait for that one.
import { linesOf, touchedBy, type Playbook, type Work } from '../../domain/healing/playbook.js';
import type { OrderOutcome, StepOutcome } from '../../domain/healing/ports.js';
import type { ActDone, ActInput } from '../../domain/healing/steps.js';
import { clip, oneLine } from '../../domain/notify/text.js';
import type { Task } from '../task.js';
import { brakeNow, playbookFor } from './plan.js';
import type { HealingPorts } from './ports.js';

/** How long a switch of the provider lasts; then the policy decides again, ms. */
const SWITCH_FOR = 3_600_000;

export async function act(ports: HealingPorts, input: ActInput, task: Task): Promise<ActDone> {
  const playbook = await playbookFor(ports, input.act, input.anomaly);
  if (playbook === null) return { state: 'plan_changed' };
  return playbook.disruptive
    ? ports.alone(() => actAlone(ports, playbook, input, task))
    : actAlone(ports, playbook, input, task);
}

async function actAlone(
  ports: HealingPorts,
  playbook: Playbook,
  input: ActInput,
  task: Task,
): Promise<ActDone> {
  const { request } = input.act;
  const held = await brakeNow(ports, playbook, input.approvedBy !== null, input.anomaly, request, task);
  if (held.held) return { state: 'held', until: held.until, reason: held.reason };
  const began = ports.now();
  await note(ports, input, playbook, { status: 'started', detail: linesOf(playbook).join('; '), ms: 0 });
  const outcome = await carryOut(ports, playbook, request, task);
  const detail = ports.scrub(outcome.detail);
  await note(ports, input, playbook, { status: outcome.state, detail, ms: Math.max(0, ports.now() - began) });
  return { state: outcome.state, detail };
}

interface Outcome {
  readonly state: 'completed' | 'failed' | 'unknown';
  readonly detail: string;
}

async function carryOut(
  ports: HealingPorts,
  { works }: Playbook,
  request: string,
  task: Task,
): Promise<Outcome> {
  const said: string[] = [];
  for (const [index, work] of works.entries()) {
    task.progress(linesOf({ works: [work] }).join('; '));
    const outcome = await one(ports, work, `${request}.${String(index)}`, task);
    if (outcome.detail !== '') said.push(outcome.detail);
    if (outcome.state !== 'completed') return { state: outcome.state, detail: said.join('; ') };
  }
  return { state: 'completed', detail: said.join('; ') };
}

async function one(ports: HealingPorts, work: Work, id: string, task: Task): Promise<Outcome> {
  switch (work.kind) {
    case 'commands':
      return outcomeOf(await ports.shell.carryOut({ id, steps: work.steps }, task.signal));
    case 'control_plane':
      return outcomeOf(await ports.shell.carryOut({ id, steps: [ports.restartControlPlane] }, task.signal));
    case 'caches': {
      const { paths, older_than: olderThan, protect } = ports.rules.caches;
      const done = await ports.caches.clear(
        { paths, olderThan, protect },
        { dryRun: false, signal: task.signal },
      );
      const problems = done.problems.length === 0 ? '' : `; ${done.problems.slice(0, 3).join('; ')}`;
      return {
        state: 'completed',
        detail: `removed ${String(done.files)} files, ${String(Math.round(done.bytes / 1e6))} MB${problems}`,
      };
    }
    case 'switch':
      return {
        state: 'completed',
        detail: `${await ports.providers.switchToBackup(SWITCH_FOR)} is asked first`,
      };
    case 'restore':
      // Allowed here, under brakes and hash; carried out by a workflow of its own.
      return { state: 'completed', detail: '' };
  }
}

function outcomeOf({ state, steps }: OrderOutcome): Outcome {
  const last = steps.at(-1);
  if (state === 'done') return { state: 'completed', detail: '' };
  if (state === 'rebooted') return { state: 'completed', detail: 'the machine has started anew' };
  if (state === 'unknown' || last === undefined)
    return {
      state: 'unknown',
      detail: 'it began, and nobody can say how it ended: a person has to look, it is not repeated',
    };
  return { state: 'failed', detail: whyFailed(last) };
}

function whyFailed({ code, signal, timedOut, failure, ms, output }: StepOutcome): string {
  const tail = clip(oneLine(tellingLine(output)), 200);
  const words = tail === '' ? '' : `; it says "${tail}"`;
  if (failure !== null) return failure;
  if (timedOut) return `it did not end in ${String(Math.round(ms / 1000))} s and was killed${words}`;
  return code === null
    ? `it was ended by ${signal ?? 'a signal'}${words}`
    : `exit code ${String(code)}${words}`;
}

/** The last line that tells something: systemctl ends with where to read more, after what was wrong. */
function tellingLine(output: string): string {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => !/^See .* for details\.$/.test(line.trim())) ?? lines.at(-1) ?? '';
}

/** The source document's log record. */
async function note(
  ports: HealingPorts,
  { incident, act: { request } }: ActInput,
  playbook: Playbook,
  { status, detail, ms }: { status: 'started' | Outcome['state']; detail: string; ms: number },
): Promise<void> {
  const { level, action, target, disruptive } = playbook;
  const touched = [...touchedBy(playbook)];
  await ports.journal({
    id: `${incident}/${request}/${status === 'started' ? 'started' : 'acted'}`,
    type: 'healing.acted',
    data: {
      ...{ incident, request, level, action, target, disruptive, touched, status },
      detail: ports.scrub(detail),
      duration_ms: Math.round(ms),
    },
  });
}
