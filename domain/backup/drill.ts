// A restore drill is the only proof that a backup can be used: all of it is brought back, from the destination alone, and
// every file is hashed. What it found is kept per destination.
import { z } from 'zod';
import { plural } from './record.js';

const count = z.number().int().nonnegative();

export const drillOutcomeSchema = z.enum(['green', 'not_green', 'inconclusive']);
/** green: every file came back right; not_green: some did not; inconclusive: it could not be tried (no room, no network). */
export type DrillOutcome = z.infer<typeof drillOutcomeSchema>;

export const drillRecordSchema = z.object({
  run: z.string(),
  destination: z.string(),
  outcome: drillOutcomeSchema,
  /** ISO 8601, UTC: its end. */
  at: z.string(),
  /** The backup that was brought back; null: none was found. */
  commit: z.string().nullable(),
  /** Files that its manifest names, and their bytes. */
  files: count,
  bytes: count,
  /** Files by what became of them: `proved`, `unverified`, `refused`, `not_listed`. */
  counts: z.record(z.string(), count),
  duration_ms: count,
  /** Files that have other bytes in the data directory by now; null: nobody looked. No failure. */
  changed_since: count.nullable(),
  /** One sentence when it is not green; null else. */
  note: z.string().nullable(),
  /** Files that did not come back right, the first 20: "path: why". */
  bad: z.array(z.string()),
});
export type DrillRecord = z.infer<typeof drillRecordSchema>;

/** The drill of a destination that was kept last. */
export const keptDrillSchema = drillRecordSchema.extend({
  /** ISO time of the last green one, this one included; null: never. */
  last_green: z.string().nullable(),
});
export type KeptDrill = z.infer<typeof keptDrillSchema>;

/** What a drill run ends with: its workflow's result, and what `--json` prints. */
export interface DrillRun {
  readonly run: string;
  readonly outcome: DrillOutcome;
  readonly summary: string;
  readonly destinations: readonly DrillRecord[];
  /** Names of destinations that are not configured: nothing to try there. */
  readonly skipped: readonly string[];
}

/** The worst of them; a run that tried nothing found nothing out. */
export function outcomeOfDrills(drills: readonly Pick<DrillRecord, 'outcome'>[]): DrillOutcome {
  if (drills.some(({ outcome }) => outcome === 'not_green')) return 'not_green';
  const all = drills.length > 0 && drills.every(({ outcome }) => outcome === 'green');
  return all ? 'green' : 'inconclusive';
}

/** "restore drill: local: 42 files brought back and proved". */
export function summarizeDrills(drills: readonly DrillRecord[], skipped: readonly string[]): string {
  const clauses = [
    ...drills.map((drill) => `${drill.destination}: ${clause(drill)}`),
    ...skipped.map((name) => `${name}: not configured`),
  ];
  return `restore drill: ${clauses.length === 0 ? 'no destination' : clauses.join('; ')}`;
}

function clause({ outcome, files, note }: DrillRecord): string {
  if (outcome === 'green') return `${plural(files, 'file')} brought back and proved`;
  return `${outcome.replace('_', ' ')} (${note ?? 'no reason given'})`;
}
