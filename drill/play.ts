// One group from its opening to its end. Whatever goes wrong with the drill itself makes a scenario INCONCLUSIVE, never PASS.
import { errorMessage } from '../domain/errors.js';
import type { JournalEvent } from '../domain/journal.js';
import type { Chosen } from './choose.js';
import type { OpenKit } from './kit.js';
import type { Uptime } from './kit/watch-front.js';
import type { Act, Named } from './part.js';
import type { ScenarioReport } from './report/model.js';
import type { Finding } from './scenario.js';

/** What a group leaves for the KPIs. */
export interface Played {
  readonly group: string;
  readonly scenarios: readonly ScenarioReport[];
  readonly planes: readonly {
    readonly node: string;
    readonly journal: readonly JournalEvent[];
    readonly uptime: Uptime;
  }[];
}

export interface Listener {
  /** A scenario begins. */
  begun(group: string, name: string): void;
  ended(scenario: ScenarioReport): void;
}

/** A scenario that takes longer has no verdict, ms. */
const LIMIT_MS = 180_000;

/** Never rejects. */
export async function playGroup({ part, names }: Chosen, kit: OpenKit, listener: Listener): Promise<Played> {
  const scenarios: ScenarioReport[] = [];
  const group = part.name;
  const wanted = part.scenarios.filter(({ name }) => names.includes(name));
  const play = async (named: Named, find: () => Promise<Finding>) => {
    listener.begun(group, named.name);
    const started = Date.now();
    const finding = await inTime(find).catch((error: unknown) => inconclusive(errorMessage(error)));
    const scenario = reportOf(group, named, finding, started);
    scenarios.push(scenario);
    listener.ended(scenario);
  };
  try {
    const acts = await part.open(kit);
    for (const act of acts.filter(({ name }) => names.includes(name))) await play(act, () => findOf(act));
  } catch (error) {
    const reason = `the setting of the group could not be made: ${errorMessage(error)}`;
    for (const named of wanted) await play(named, () => Promise.resolve(inconclusive(reason)));
  }
  const planes = await Promise.all(
    kit.planes().map(async (plane) => ({
      node: plane.node,
      journal: await plane.journal().catch(() => []),
      uptime: plane.uptime(),
    })),
  );
  return { group, scenarios, planes };
}

async function findOf(act: Act): Promise<Finding> {
  const unsteady = await act.steady();
  if (unsteady !== null) return inconclusive(`no steady state: ${unsteady}`);
  return act.play();
}

async function inTime(find: () => Promise<Finding>): Promise<Finding> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<Finding>((resolve) => {
    timer = setTimeout(() => resolve(inconclusive(`no end within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
  });
  try {
    return await Promise.race([find(), late]);
  } finally {
    clearTimeout(timer);
  }
}

function inconclusive(detail: string): Finding {
  return { verdict: 'INCONCLUSIVE', detail, proof: null, injected: false, times: null, incidents: [] };
}

function reportOf(group: string, named: Named, finding: Finding, started: number): ScenarioReport {
  const { times, incidents, failovers = [], detail, proof, injected } = finding;
  const since = (time: number | null) =>
    time === null || times === null ? null : Math.max(0, time - times.fault);
  return {
    group,
    name: named.name,
    hypothesis: named.hypothesis,
    // No proof, no verdict: whatever the scenario says.
    verdict: proof === null ? 'INCONCLUSIVE' : finding.verdict,
    ...{ detail, proof, injected, incidents, failovers_ms: failovers },
    started: new Date(started).toISOString(),
    duration_ms: Date.now() - started,
    fault: times === null ? null : new Date(times.fault).toISOString(),
    delays:
      times === null
        ? null
        : {
            detect_ms: since(times.detected),
            decide_ms: since(times.decided),
            act_ms: since(times.acted),
            verify_ms: since(times.verified),
          },
  };
}
