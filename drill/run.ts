// A whole drill: groups side by side in one scratch directory, then the report. Nothing is left of it, however it ends.
import { rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { constants } from 'node:os';
import { resolveProgram } from '../adapters/temporal/binary.js';
import { sideBySide } from '../domain/side-by-side.js';
import { choose, type Chosen } from './choose.js';
import { allParts, CONTROL, WAITING } from './groups.js';
import { makeScratch, openKit, type OpenKit } from './kit.js';
import { kpisOf } from './kpis.js';
import { machineFacts } from './machine.js';
import { playGroup, type Listener, type Played } from './play.js';
import { REPORT_VERSION, type DrillReport } from './report/model.js';
import { verdictOf } from './report/verdict.js';

export interface DrillOptions {
  readonly only: readonly string[];
  readonly seed: number;
  readonly broken: 'healer' | null;
  /** The scratch directory stays. */
  readonly keep: boolean;
  readonly listener: Listener;
  /** A line about the work. */
  readonly say: (line: string) => void;
}

/** A drill that was interrupted has no report. */
export type DrillEnd =
  | { readonly kind: 'report'; readonly report: DrillReport }
  | { readonly kind: 'interrupted'; readonly exit: number };

/** Groups that run at once, those not counted that mostly wait. */
const AT_ONCE = 3;

/** Throws NxsError USAGE for unknown names, ENGINE_UNAVAILABLE without Temporal's program. */
export async function runDrill(options: DrillOptions): Promise<DrillEnd> {
  const { only, seed, broken, say } = options;
  let othersDone: () => void = () => undefined;
  const others = new Promise<void>((resolve) => (othersDone = resolve));
  const chosen = choose(allParts(others), only);
  const started = Date.now();
  const program = await resolveProgram({ progress: say });
  const root = await makeScratch();
  const kits: OpenKit[] = [];
  const interrupt = watchSignals();
  // What an interrupted drill still finds out says nothing.
  const listener: Listener = {
    begun(group, name) {
      if (!interrupt.asked()) options.listener.begun(group, name);
    },
    ended(scenario) {
      if (!interrupt.asked()) options.listener.ended(scenario);
    },
  };
  const wayOut = () => {
    for (const kit of kits) kit.kill();
    if (!options.keep) rmSync(root, { recursive: true, force: true });
  };
  process.on('exit', wayOut);

  async function playOne(each: Chosen): Promise<Played> {
    const name = each.part.name;
    const kit = await openKit({ name, root, program: program.path, broken: broken !== null, seed, say });
    kits.push(kit);
    try {
      return await playGroup(each, kit, listener);
    } finally {
      await kit.close();
    }
  }

  const waits = ({ part }: Chosen) => WAITING.includes(part.name);
  const isControl = ({ part }: Chosen) => part.name === CONTROL;
  const busy = Promise.all([
    sideBySide(
      chosen.filter((each) => !waits(each)),
      AT_ONCE,
      playOne,
    ),
    ...chosen.filter((each) => waits(each) && !isControl(each)).map(playOne),
  ]).finally(othersDone);
  const all = Promise.all([busy, ...chosen.filter(isControl).map(playOne)]);
  try {
    const end = await Promise.race([all, interrupt.signal]);
    if (typeof end === 'string') {
      say(`${end}: ending everything that was started`);
      await Promise.all(kits.map((kit) => kit.close()));
      all.catch(() => undefined);
      return { kind: 'interrupted', exit: 128 + constants.signals[end] };
    }
    const played = inOrder(chosen, end.flat(2));
    const to = Date.now();
    const scenarios = played.flatMap((group) => group.scenarios);
    const { kpis, notes } = kpisOf(played, started, to + 1);
    const report: DrillReport = {
      version: REPORT_VERSION,
      verdict: verdictOf(scenarios, kpis),
      ...{ seed, broken },
      started: new Date(started).toISOString(),
      duration_ms: to - started,
      machine: machineFacts(program.version),
      ...{ scenarios, kpis, notes },
    };
    return { kind: 'report', report };
  } finally {
    interrupt.close();
    process.off('exit', wayOut);
    if (options.keep) say(`kept: ${root}`);
    else await rm(root, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function inOrder(chosen: readonly Chosen[], played: readonly Played[]): readonly Played[] {
  const names = chosen.map(({ part }) => part.name);
  return [...played].sort((a, b) => names.indexOf(a.group) - names.indexOf(b.group));
}

type Stop = 'SIGINT' | 'SIGTERM';

interface Interrupt {
  readonly signal: Promise<Stop>;
  readonly asked: () => boolean;
  readonly close: () => void;
}

/** The first signal is told; the second one ends the process, whose way out kills what is left. */
function watchSignals(): Interrupt {
  let tell: (signal: Stop) => void = () => undefined;
  let asked = false;
  const signal = new Promise<Stop>((resolve) => (tell = resolve));
  const hear = (name: Stop) => {
    if (asked) process.exit(128 + constants.signals[name]);
    asked = true;
    tell(name);
  };
  process.on('SIGINT', hear).on('SIGTERM', hear);
  return { signal, asked: () => asked, close: () => void process.off('SIGINT', hear).off('SIGTERM', hear) };
}
