// Why a decision does not count. Each reason is a sentence for the person who sent it, and the first that applies is told: what it
// is about comes before when it was said, that before who said it.
import { countPeople, findApprover, sameName } from './approvers.js';
import type { Decision, Gate, GateRequest } from './model.js';
import { iso, settledSentence } from './sentences.js';

/** null: it counts. */
export function refusalOf({ request, outcome }: Gate, decision: Decision): string | null {
  if (outcome !== null) return settledSentence(request, outcome);
  return wrongRequest(request, decision) ?? wrongTime(request, decision) ?? wrongPerson(request, decision);
}

function wrongRequest({ id }: GateRequest, decision: Decision): string | null {
  if (decision.request === null || decision.request === id) return null;
  return `This is about request ${decision.request}, open is ${id}; nothing has changed.`;
}

// Asked so that a time that is no number is never within.
function wrongTime({ id, opened, expires }: GateRequest, { request, at }: Decision): string | null {
  if (!(at >= opened))
    return request === null
      ? `It was sent before this request was opened (${iso(opened)}); look at request ${id} and decide again.`
      : `It names request ${id}, but was sent at ${iso(at)}, before that was opened at ${iso(opened)}; nothing has changed.`;
  if (!(at < expires))
    return `It came too late: request ${id} expired at ${iso(expires)}, this was sent at ${iso(at)}; nothing has changed.`;
  return null;
}

function wrongPerson({ rules, askedBy }: GateRequest, decision: Decision): string | null {
  const { by, signature, verdict } = decision;
  if (by.trim() === '') return 'It does not say who decides: `by` is empty.';
  if (signature === 'bad') return `The signature is not one of ${by.trim()} for this request.`;
  if (rules.approvers.length > 0 && findApprover(rules.approvers, by) === null) {
    const people = countPeople(rules.approvers);
    const are = people === 1 ? 'is 1 approver' : `are ${people} approvers`;
    return `${by.trim()} may not decide this: there ${are} in the list of healing.yaml, and this name is not among them.`;
  }
  // `none`, and whatever else may have come instead of a good one.
  if (rules.requireSignature && signature !== 'good') return 'Only signed decisions count here.';
  if (verdict === 'approve' && rules.fourEyes && askedBy !== null && sameName(askedBy, by))
    return `${by.trim()} asked for this, so somebody else has to approve it.`;
  return null;
}
