// The approval gate: a pure reducer over what people said, in the order of the history. The first outcome is the last; silence,
// doubt and lateness never permit anything.
import { sameName } from './approvers.js';
import type { Answer, Approval, Decided, Decision, Gate, GateOutcome, GateRequest } from './model.js';
import { refusalOf } from './refusal.js';
import { approvedSentence, deniedSentence, repeatedSentence, waitingSentence } from './sentences.js';

export type { Decided, Decision, Gate, GateRequest, GateRules } from './model.js';

export function openGate(request: GateRequest): Gate {
  return { request, approvals: [], outcome: null };
}

/** A refused decision leaves the same gate behind, not an equal one. */
export function decide(gate: Gate, decision: Decision): Decided {
  const refusal = refusalOf(gate, decision);
  if (refusal !== null) return { gate, answer: told(false, 'refused', refusal) };
  return decision.verdict === 'approve' ? approve(gate, decision) : deny(gate, decision);
}

/** The decisions one after the other, as they stand in the history. */
export function settle(gate: Gate, decisions: readonly Decision[]): Gate {
  return decisions.reduce((current, decision) => decide(current, decision).gate, gate);
}

/** Notes that the time is over; approvals short of the quorum do not help. `now`: ms since the epoch, the server's time. */
export function expire(gate: Gate, now: number): Gate {
  const over = gate.outcome === null && now >= gate.request.expires;
  return over ? ended(gate, { kind: 'expired', at: now }) : gate;
}

/** The question is moot (it healed by itself, the plan changed). `now`: ms since the epoch, the server's time. */
export function withdraw(gate: Gate, now: number, reason: string): Gate {
  return gate.outcome === null ? ended(gate, { kind: 'withdrawn', at: now, reason }) : gate;
}

/** ms until it expires; 0 when it is over, in whichever way. */
export function remaining({ request, outcome }: Gate, now: number): number {
  return outcome === null ? Math.max(0, request.expires - now) : 0;
}

/** What it waits for, in words: `2 more approvals`. */
export function needs(gate: Gate): string {
  const missing = missingOf(gate);
  if (missing === 0) return 'no more approvals';
  return missing === 1 ? '1 more approval' : `${missing} more approvals`;
}

function approve(gate: Gate, decision: Decision): Decided {
  const { expires, rules } = gate.request;
  const before = gate.approvals.find(({ by }) => sameName(by, decision.by));
  if (before !== undefined)
    return { gate, answer: told(false, 'waiting', repeatedSentence(before, needed(gate), expires)) };
  const approval = heard(gate, decision);
  const approvals = [...gate.approvals, approval];
  if (approvals.length >= rules.quorum) {
    const { at } = approval;
    return {
      gate: ended({ ...gate, approvals }, { kind: 'approved', at, approvals }),
      answer: told(true, 'approved', approvedSentence(approvals, at)),
    };
  }
  const next = { ...gate, approvals };
  return { gate: next, answer: told(true, 'waiting', waitingSentence(approval, needed(next), expires)) };
}

function deny(gate: Gate, decision: Decision): Decided {
  const denial = heard(gate, decision);
  return {
    gate: ended(gate, { kind: 'denied', ...denial }),
    answer: told(true, 'denied', deniedSentence(denial)),
  };
}

/** Without a list there is no key that a signature could have been checked with. */
function heard({ request }: Gate, { by, reason, at, signature }: Decision): Approval {
  const verified = signature === 'good' && request.rules.approvers.length > 0;
  return { by: by.normalize('NFC').trim(), reason, at, verified };
}

function missingOf({ request, approvals, outcome }: Gate): number {
  return outcome === null ? Math.max(0, request.rules.quorum - approvals.length) : 0;
}

function needed(gate: Gate): string {
  return `${needs(gate)} ${missingOf(gate) === 1 ? 'is' : 'are'}`;
}

function ended(gate: Gate, outcome: GateOutcome): Gate {
  return { ...gate, outcome };
}

function told(accepted: boolean, state: Answer['state'], sentence: string): Answer {
  return { accepted, state, sentence };
}
