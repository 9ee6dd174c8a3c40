// Carries out the plan: each fault at its time, for its time, and then until what it hit is well again.
import { setTimeout as sleep } from 'node:timers/promises';
import { errorMessage } from '../domain/errors.js';
import { readyProblems } from './checks/machine.js';
import type { Court } from './court.js';
import type { Lift, Stage } from './faults/fault.js';
import { FAULTS } from './faults/table.js';
import type { Struck } from './model.js';
import { specOf, type GroupName } from './plan/catalogue.js';
import type { Planned } from './plan/plan.js';

export interface Storm {
  /** As carried out, so far. */
  readonly struck: () => readonly Struck[];
  /** Not carried out: what they hit was not there, or still ill. */
  skipped(): number;
  /** Ends when the last fault is lifted and what it hit is well, or the time for that is over. */
  readonly done: Promise<void>;
}

/** ms after its end in which everything has to be well again. On a machine that does other things too. */
const WELL_WITHIN: Readonly<Record<GroupName, number>> = {
  processes: 120_000,
  providers: 90_000,
  hub: 180_000,
  backup: 300_000,
  services: 300_000,
  people: 90_000,
};
/** Somebody may deny it, sleep, and be asked again a minute later. */
const APPROVAL_WITHIN = 480_000;
const LOOK_MS = 500;

/** `over` ends it early: what is in force is lifted, nothing is waited for. */
export function startStorm(
  plan: readonly Planned[],
  stage: Stage,
  court: Court,
  say: (line: string) => void,
): Storm {
  const began = Date.now();
  const { over } = stage;
  const struck: Struck[] = [];
  const busy = new Set<string>();
  let skipped = 0;

  async function carryOut(planned: Planned): Promise<void> {
    const claims = specOf(planned.kind).claims(planned.target);
    if (claims.some((claim) => busy.has(claim))) {
      skipped += 1;
      return;
    }
    for (const claim of claims) busy.add(claim);
    try {
      await play(planned);
    } catch (error) {
      court.check('soak', [
        { what: `the fault ${planned.kind} ${planned.target} broke`, evidence: errorMessage(error) },
      ]);
    } finally {
      for (const claim of claims) busy.delete(claim);
    }
  }

  async function play(planned: Planned): Promise<void> {
    const index = struck.length;
    struck.push({ ...planned, began: Date.now(), lifting: null, lifted: null, recovered: null, note: '' });
    const change = (what: Partial<Struck>) => {
      const now = struck[index];
      if (now !== undefined) struck[index] = { ...now, ...what };
    };
    const lift = await FAULTS[planned.kind]?.(planned, stage);
    if (lift === null || lift === undefined) {
      skipped += 1;
      const now = Date.now();
      change({ lifting: now, lifted: now, recovered: now, note: 'not carried out' });
      return;
    }
    change({ note: lift.note });
    say(`${planned.kind} ${planned.target}${lift.note === '' ? '' : ` (${lift.note})`}`);
    await pause(planned.lasts);
    change({ lifting: Date.now() });
    await lift.lift();
    const lifted = Date.now();
    change({ lifted });
    const took = await recovery(planned, lift);
    if (took === undefined) return;
    if (took !== null) change({ recovered: lifted + took });
    court.check(
      'ready',
      readyProblems(`${planned.target} after ${planned.kind}`, took, withinOf(planned)),
      lifted,
    );
  }

  /** ms; null: not in time; undefined: it was cut short. */
  async function recovery(planned: Planned, lift: Lift): Promise<number | null | undefined> {
    const from = Date.now();
    while (Date.now() - from < withinOf(planned) + 30_000) {
      if (over.aborted) return undefined;
      if (await lift.recovered().catch(() => false)) return Date.now() - from;
      await pause(LOOK_MS);
    }
    return null;
  }

  function pause(ms: number): Promise<unknown> {
    return sleep(ms, undefined, { signal: over }).catch(() => undefined);
  }

  async function all(): Promise<void> {
    const running: Promise<void>[] = [];
    for (const planned of plan) {
      await pause(Math.max(0, began + planned.at - Date.now()));
      if (over.aborted) break;
      running.push(carryOut(planned));
    }
    await Promise.all(running);
  }

  return { struck: () => struck, skipped: () => skipped, done: all() };
}

function withinOf({ kind }: Planned): number {
  return kind === 'approval-needed' ? APPROVAL_WITHIN : WELL_WITHIN[specOf(kind).group];
}
