// Which level comes next for an incident: the first that applies, then, as long as the metric stays ill, the next one that applies.
// Succeeded is not effective: only the metric decides (FIELD.md, kubernaut #616).
import { LEVELS, type Anomaly, type Level } from './model.js';
import { firstLevel, planLevel, type Playbook, type Possible } from './playbook.js';
import type { HealingRules } from './rules.js';

/** A level that was tried in this incident. */
export interface Tried {
  readonly level: Level;
  readonly how: 'no_effect' | 'failed';
}

/** A level that is not taken, and why. */
export interface Skipped {
  readonly level: Level;
  readonly reason: string;
}

export type NextStep =
  | { readonly kind: 'act'; readonly playbook: Playbook; readonly skipped: readonly Skipped[] }
  /** Nothing is left that could be done: a person is needed. */
  | { readonly kind: 'exhausted'; readonly skipped: readonly Skipped[] };

export interface Past {
  /** Healings of this subject in the last hour, by the level that brought them. */
  readonly healed: Readonly<Partial<Record<Level, number>>>;
}

/** `tried` in order; the ladder is only ever climbed. */
export function nextStep(
  anomaly: Anomaly,
  tried: readonly Tried[],
  rules: HealingRules,
  possible: Possible,
  { healed }: Past,
): NextStep {
  const reached = tried.reduce<number>((most, { level }) => Math.max(most, level), 0);
  const start = firstLevel(anomaly.kind);
  const skipped: Skipped[] = [];
  for (const level of LEVELS) {
    if (level < start || level <= reached) continue;
    const often = healed[level] ?? 0;
    const planned = planLevel(level, anomaly, rules, possible);
    if ('skip' in planned) skipped.push({ level, reason: planned.skip });
    else if (planned.playbook.disruptive && often >= rules.limits.recurrences)
      skipped.push({ level, reason: `it helped ${String(often)} times in the last hour, never for long` });
    else return { kind: 'act', playbook: planned.playbook, skipped };
  }
  return { kind: 'exhausted', skipped };
}
