// From single looks to what is wrong now. Pure: the doctor feeds it, and asks it what has changed.
import { afterGap, look, UNSEEN, type Rule, type Track } from './hysteresis.js';
import { thingOf, type Anomaly, type AnomalyKind, type Reading, type State, type Subject } from './model.js';

/** One look, judged. */
export interface Observation {
  readonly subject: Subject;
  readonly kind: AnomalyKind;
  readonly state: State;
  readonly reading: Reading;
  readonly rule: Rule;
  readonly paths?: readonly string[];
}

interface Watched {
  readonly subject: Subject;
  readonly kind: AnomalyKind;
  readonly track: Track;
  readonly reading: Reading;
  readonly detected: number;
  readonly paths: readonly string[];
}

/** By subject and kind. */
export type Watch = ReadonlyMap<string, Watched>;

/** Of two kinds on one subject the later one in this list counts. */
const GRAVER: readonly AnomalyKind[] = ['memory_warning', 'memory_critical'];

/** ms: a subject that cannot be seen for longer is told, for nothing can be done about what nobody sees. */
export const BLIND_AFTER = 300_000;

/** ms between two looks that are no pause of ours but a sleep of the machine. */
export const SLEPT_AFTER = 30_000;

/** The watch of a process that has just started: what was wrong then is so until it is seen to be well. */
export function resumed(known: readonly Anomaly[]): Watch {
  return new Map(
    known.map((each) => [
      thingOf(each),
      {
        subject: each.subject,
        kind: each.kind,
        track: { ...UNSEEN, active: true, since: each.since },
        reading: { state: 'bad' as const, detail: each.detail, value: each.value },
        detected: each.detected,
        paths: each.paths,
      },
    ]),
  );
}

/** Looks of one moment; `now` in ms. */
export function observe(watch: Watch, observations: readonly Observation[], now: number): Watch {
  if (observations.length === 0) return watch;
  const next = new Map(watch);
  for (const { subject, kind, state, reading, rule, paths = [] } of observations) {
    const key = thingOf({ subject, kind });
    const before = next.get(key);
    const track = look(before?.track ?? UNSEEN, state, now, rule);
    const begins = track.active && before?.track.active !== true;
    next.set(key, {
      subject,
      kind,
      track,
      // What was seen last: an unseen moment must not take the place of the reason.
      reading: state === 'unknown' && before !== undefined && track.active ? before.reading : reading,
      detected: begins ? now : (before?.detected ?? now),
      paths: state === 'unknown' ? (before?.paths ?? []) : paths,
    });
  }
  return next;
}

/** Everything that was seen before the machine slept counts no more. */
export function wokeUp(watch: Watch): Watch {
  return new Map([...watch].map(([key, each]) => [key, { ...each, track: afterGap(each.track) }]));
}

/** What was wrong in the last two looks as well: not only not yet seen to be well. */
export function stillBad(watch: Watch): readonly Anomaly[] {
  return anomaliesOf(watch).filter((anomaly) => {
    const recent = watch.get(thingOf(anomaly))?.track.recent.slice(-2) ?? [];
    return recent.length === 2 && recent.every(({ state }) => state === 'bad');
  });
}

/** These begin once more, now (ms): nobody has them in hand. */
export function detectedAnew(watch: Watch, anomalies: readonly Anomaly[], now: number): Watch {
  const keys = new Set(anomalies.map(thingOf));
  return new Map([...watch].map(([key, each]) => [key, keys.has(key) ? { ...each, detected: now } : each]));
}

/** Paths of an anomaly that is active; none when it is not. */
export function pathsOf(watch: Watch, subject: Subject, kind: AnomalyKind): readonly string[] {
  return isActive(watch, subject, kind) ? (watch.get(thingOf({ subject, kind }))?.paths ?? []) : [];
}

export function isActive(watch: Watch, subject: Subject, kind: AnomalyKind): boolean {
  return watch.get(thingOf({ subject, kind }))?.track.active ?? false;
}

/** What is wrong now, one for each subject, in the order of subjects. */
export function anomaliesOf(watch: Watch): readonly Anomaly[] {
  const found = new Map<Subject, Anomaly>();
  for (const { subject, kind, track, reading, detected, paths } of watch.values()) {
    if (!track.active) continue;
    const other = found.get(subject);
    if (other !== undefined && GRAVER.indexOf(other.kind) > GRAVER.indexOf(kind)) continue;
    const { detail, value } = reading;
    found.set(subject, { subject, kind, detail, value, since: track.since ?? detected, detected, paths });
  }
  return [...found.values()].sort((a, b) => (a.subject < b.subject ? -1 : 1));
}

export interface Blind {
  readonly subject: Subject;
  readonly detail: string;
  /** ms */
  readonly since: number;
}

/** What nobody could see for too long. */
export function blindOf(watch: Watch, now: number): readonly Blind[] {
  return [...watch.values()]
    .flatMap(({ subject, track, reading }) =>
      track.blindSince !== null && now - track.blindSince >= BLIND_AFTER
        ? [{ subject, detail: reading.detail, since: track.blindSince }]
        : [],
    )
    .filter((each, at, all) => all.findIndex(({ subject }) => subject === each.subject) === at);
}

/** Names of what is wrong or unseen: a monitor returns when this differs. */
export function signatureOf(anomalies: readonly Anomaly[], blind: readonly Blind[]): string {
  const bad = anomalies.map(anomalyKey);
  return [...bad, ...blind.map(({ subject }) => `${subject} blind`)].sort().join('\n');
}

/** One thing that is wrong, from one detection on. */
export function anomalyKey({ subject, kind, detected }: Anomaly): string {
  return `${subject} ${kind} ${String(detected)}`;
}
