// How facts of a report read, the same in every form of it.
import type { Delays, DrillReport, MachineFacts, ScenarioReport } from './model.js';

/** `–`, `0.09 s`, `12.3 s`. */
function delayText(ms: number | null): string {
  if (ms === null) return '–';
  return ms >= 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${(ms / 1000).toFixed(2)} s`;
}

export const DELAYS: readonly { readonly title: string; readonly of: (delays: Delays) => number | null }[] = [
  { title: 'detect', of: (delays) => delays.detect_ms },
  { title: 'decide', of: (delays) => delays.decide_ms },
  { title: 'act', of: (delays) => delays.act_ms },
  { title: 'verify', of: (delays) => delays.verify_ms },
];

/** The four times of a scenario. */
export function delaysText({ delays }: Pick<ScenarioReport, 'delays'>): readonly string[] {
  return DELAYS.map(({ of }) => (delays === null ? '–' : delayText(of(delays))));
}

export function proofText({ proof, injected }: Pick<ScenarioReport, 'proof' | 'injected'>): string {
  if (proof === null) return 'none: the fault was not shown to be in force';
  return injected ? `injected reading: ${proof}` : proof;
}

/** Name and value, in the order in which they are told. */
export function factsOf(report: DrillReport): readonly (readonly [string, string])[] {
  const { machine, seed, broken, started, duration_ms: duration } = report;
  return [
    ['started', started],
    ['duration', `${(duration / 1000).toFixed(1)} s`],
    ['seed', String(seed)],
    ...(broken === null ? [] : [['broken on purpose', broken] as const]),
    ...machineFacts(machine),
  ];
}

function machineFacts(machine: MachineFacts): readonly (readonly [string, string])[] {
  const gigabytes = (machine.memory_bytes / 2 ** 30).toFixed(1);
  return [
    ['machine', `${machine.cpu}, ${machine.cores} cores, ${gigabytes} GiB, ${machine.system}`],
    ['versions', `nxs ${machine.nxs}, Node ${machine.node}, Temporal ${machine.temporal}`],
  ];
}

export const TIMES_NOTE =
  'Times run from the moment at which the fault was in force. Failover: detect is the first call that met it, decide the opening of the breaker, act the first content of another provider, verify a whole answer at the client.';
