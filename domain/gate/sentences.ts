// What people read about a gate. Each says what stands now and since when, so that nobody takes "expired" for a denial, or a late
// approval for one that counted.
import type { Approval, GateOutcome, GateRequest } from './model.js';

/** The last moment that a date can be, ms since the epoch. */
const LAST_MOMENT = 8_640_000_000_000_000;

/** ISO 8601 in UTC; never throws, because the sentence about a wrong time has one in it. */
export function iso(ms: number): string {
  return Math.abs(ms) <= LAST_MOMENT ? new Date(ms).toISOString() : 'an unknown time';
}

/** What is said to everybody who comes after the outcome. */
export function settledSentence({ expires }: GateRequest, outcome: GateOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return `It was approved by ${peopleOf(outcome.approvals)} at ${iso(outcome.at)}; nothing has changed.`;
    case 'denied':
      return `It was denied by ${outcome.by} at ${iso(outcome.at)}; nothing has changed.`;
    case 'expired':
      return `It expired at ${iso(expires)} without a decision, and was not denied; nothing has changed.`;
    case 'withdrawn':
      return `It was withdrawn at ${iso(outcome.at)} ("${outcome.reason}"), and was not denied; nothing has changed.`;
  }
}

export function approvedSentence(approvals: readonly Approval[], at: number): string {
  return `Approved by ${peopleOf(approvals)} at ${iso(at)}.`;
}

export function deniedSentence(denial: Approval): string {
  return `Denied by ${personOf(denial)} at ${iso(denial.at)}.`;
}

export function waitingSentence(approval: Approval, needed: string, expires: number): string {
  return `The approval of ${personOf(approval)} counts; ${needed} needed before ${iso(expires)}.`;
}

export function repeatedSentence({ by, at }: Approval, needed: string, expires: number): string {
  return `The approval of ${by} of ${iso(at)} is already counted; ${needed} needed before ${iso(expires)}.`;
}

function peopleOf(approvals: readonly Approval[]): string {
  return approvals.map(personOf).join(' and ');
}

function personOf({ by, verified }: Approval): string {
  return verified ? by : `${by} (unverified)`;
}
