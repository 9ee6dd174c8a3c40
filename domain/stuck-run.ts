// A run that Temporal cannot go on with, because today's code would not have made its history, or fails on it. Nothing is lost by it, but
// nothing happens either: it is repeated for ever, in silence.

/** One running workflow that does not move. */
export interface StuckRun {
  readonly workflow: string;
  readonly run: string;
  readonly type: string;
  /** replay: its history does not fit this version's code; failing: its code throws. */
  readonly why: 'replay' | 'failing';
  /** What Temporal or the SDK says, one line. */
  readonly reason: string;
  /** What a person can do, one sentence with the command. */
  readonly mend: string;
}

/** Entities that are started anew from what the state directory knows: `nxs workflow restart NAME`. */
const RESTARTABLE = { healingLoop: 'healing', providerManager: 'providers' } as const;

/** The way out for one type of workflow. */
export function mendOf(type: string, workflow: string): string {
  const end = `nxs temporal workflow terminate --workflow-id ${workflow} --reason "does not fit this version"`;
  if (type in RESTARTABLE)
    return `start it anew from its state: nxs workflow restart ${RESTARTABLE[type as keyof typeof RESTARTABLE]}`;
  if (type === 'healIncident')
    return `go back to the version that began it until it is over, or end it (${end}) and begin again with nxs heal trigger`;
  if (type === 'completion') return `end it; its caller has to ask again: ${end}`;
  if (type === 'restoreFiles') return `end it and restore again: ${end}`;
  return `end it; the next run of its schedule starts afresh: ${end}`;
}

/** True for what the SDK says about a history that the code would not have made, or whose workflow type is gone. */
export function isReplayProblem(message: string): boolean {
  return /TMPRL1100|[Nn]on-?determinis|no such function is exported|Failed to initialize workflow/.test(
    message,
  );
}

/** One line, without the SDK's own details of where in its source. */
export function plainReason(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 300);
}
