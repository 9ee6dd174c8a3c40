// The words of the approval gate. What a person said counts by the server's time of saying it, never by when it was read, so a
// replay and a worker that was down for an hour come to the same outcome.

export interface GateRules {
  /** Who may decide; empty: any name, which then stays unverified. */
  readonly approvers: readonly string[];
  /** Approvals by different people. */
  readonly quorum: number;
  /** true: only signed decisions count, denials as well. */
  readonly requireSignature: boolean;
  /** true: whoever asked may not approve it. He may still deny. */
  readonly fourEyes: boolean;
  /** ms */
  readonly expiresAfter: number;
}

/** A question to people; it is open in [opened, expires). */
export interface GateRequest {
  readonly id: string;
  readonly planHash: string;
  /** ms since the epoch, the server's time. */
  readonly opened: number;
  /** ms since the epoch, the server's time; a decision of exactly then is late. */
  readonly expires: number;
  readonly rules: GateRules;
  /** The person who triggered it; null: the monitor. */
  readonly askedBy: string | null;
}

/** What the check of a signature came to, against the key of the name that signed. */
export type SignatureState = 'none' | 'good' | 'bad';

export interface Decision {
  readonly verdict: 'approve' | 'deny';
  readonly by: string;
  readonly reason: string;
  /** Id of the request that it is about; null: the one that is open. */
  readonly request: string | null;
  /** ms since the epoch, the server's time of the event. */
  readonly at: number;
  readonly signature: SignatureState;
}

export interface Approval {
  readonly by: string;
  readonly reason: string;
  /** ms since the epoch */
  readonly at: number;
  /** The signature was good; without it `by` is only what somebody typed. */
  readonly verified: boolean;
}

/** Only `approved` permits anything. Nobody denied what has expired or was withdrawn, so they are words of their own. */
export type GateOutcome =
  | { readonly kind: 'approved'; readonly at: number; readonly approvals: readonly Approval[] }
  | ({ readonly kind: 'denied' } & Approval)
  | { readonly kind: 'expired'; readonly at: number }
  | { readonly kind: 'withdrawn'; readonly at: number; readonly reason: string };

export interface Gate {
  readonly request: GateRequest;
  /** In the order in which they came; at most one for each person. */
  readonly approvals: readonly Approval[];
  /** null: still open. Once set, it stays. */
  readonly outcome: GateOutcome | null;
}

/** What a person is told about his decision, at once. */
export interface Answer {
  /** It counts. */
  readonly accepted: boolean;
  readonly state: 'approved' | 'denied' | 'waiting' | 'refused';
  readonly sentence: string;
}

export interface Decided {
  readonly gate: Gate;
  readonly answer: Answer;
}
