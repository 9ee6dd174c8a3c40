// Ways to get the gate wrong that are easy to write, each around the shipped one. The law has to notice every one of them.
import type { Decided, Decision, Gate, GateRequest } from '../../../../domain/gate/gate.js';
import { SHIPPED, type Machine } from './machine.js';

export const MUTANTS: Readonly<Record<string, Machine>> = {
  'a late approval is accepted': asking((request) => ({ ...request, expires: Number.POSITIVE_INFINITY })),
  'the moment of expiry is still in time': asking((request) => ({
    ...request,
    expires: request.expires + 1,
  })),
  'what was sent before the request counts': asking((request) => ({ ...request, opened: -1_000 })),
  'a decision about another request counts': hearing((decision) => ({ ...decision, request: null })),
  'the last decision wins': deciding((gate, decision) =>
    SHIPPED.decide({ ...gate, outcome: null }, decision),
  ),
  'a denial after the approval overrides': deciding((gate, decision) =>
    gate.outcome?.kind === 'approved' && decision.verdict === 'deny'
      ? SHIPPED.decide({ ...gate, outcome: null }, decision)
      : SHIPPED.decide(gate, decision),
  ),
  'the quorum counts approvals, not people': deciding((gate, decision) => {
    const known = gate.approvals;
    const { gate: next, answer } = SHIPPED.decide(gate, decision);
    if (answer.state !== 'waiting' || answer.accepted) return { gate: next, answer };
    const again = SHIPPED.decide({ ...gate, approvals: [] }, decision);
    const approvals = [...known, ...again.gate.approvals];
    if (approvals.length < gate.request.rules.quorum)
      return { gate: { ...gate, approvals }, answer: { ...answer, accepted: true } };
    const outcome = { kind: 'approved', at: decision.at, approvals } as const;
    return {
      gate: { ...gate, approvals, outcome },
      answer: { ...answer, accepted: true, state: 'approved' },
    };
  }),
  'one approval less is enough': ruling((rules) => ({ ...rules, quorum: Math.max(1, rules.quorum - 1) })),
  'one approval is enough': ruling((rules) => ({ ...rules, quorum: 1 })),
  'an unknown approver is accepted': ruling((rules) => ({ ...rules, approvers: [] })),
  'whoever asked approves it himself': ruling((rules) => ({ ...rules, fourEyes: false })),
  'whoever asked is known by his exact name only': deciding((gate, decision) => {
    const same = gate.request.askedBy === decision.by;
    const request = { ...gate.request, askedBy: same ? gate.request.askedBy : null };
    return restored(gate, SHIPPED.decide({ ...gate, request }, decision));
  }),
  'whoever asked may not deny either': deciding((gate, decision) => {
    const asApproval = SHIPPED.decide(gate, { ...decision, verdict: 'approve' });
    return /asked for this/.test(asApproval.answer.sentence) ? asApproval : SHIPPED.decide(gate, decision);
  }),
  'a bad signature is accepted': hearing((decision) => ({
    ...decision,
    signature: decision.signature === 'bad' ? 'good' : decision.signature,
  })),
  'a bad signature is as good as none': hearing((decision) => ({
    ...decision,
    signature: decision.signature === 'bad' ? 'none' : decision.signature,
  })),
  'no signature is needed': ruling((rules) => ({ ...rules, requireSignature: false })),
  'denials need a quorum too': deciding((gate, decision) => {
    const decided = SHIPPED.decide(gate, decision);
    return decided.answer.state === 'denied' && gate.approvals.length > 0 ? { ...decided, gate } : decided;
  }),
  'an approval is enough at expiry': {
    ...SHIPPED,
    expire: (gate, now) =>
      gate.outcome === null && gate.approvals.length > 0 && now >= gate.request.expires
        ? { ...gate, outcome: { kind: 'approved', at: now, approvals: gate.approvals } }
        : SHIPPED.expire(gate, now),
  },
  'expired is treated as denied': {
    ...SHIPPED,
    expire(gate, now) {
      const next = SHIPPED.expire(gate, now);
      const denial = { kind: 'denied', by: 'nobody', reason: 'expired', at: now, verified: false } as const;
      return next === gate ? gate : { ...next, outcome: denial };
    },
  },
  'expires whenever it is asked': {
    ...SHIPPED,
    expire: (gate) => SHIPPED.expire(gate, gate.request.expires),
  },
  'expires even after the approval': {
    ...SHIPPED,
    expire: (gate, now) => SHIPPED.expire({ ...gate, outcome: null }, now),
  },
  'withdrawn even after the approval': {
    ...SHIPPED,
    withdraw: (gate, now, reason) => SHIPPED.withdraw({ ...gate, outcome: null }, now, reason),
  },
};

function deciding(decide: Machine['decide']): Machine {
  return { ...SHIPPED, decide };
}

function hearing(change: (decision: Decision) => Decision): Machine {
  return deciding((gate, decision) => SHIPPED.decide(gate, change(decision)));
}

function asking(change: (request: GateRequest) => GateRequest): Machine {
  return deciding((gate, decision) =>
    restored(gate, SHIPPED.decide({ ...gate, request: change(gate.request) }, decision)),
  );
}

function ruling(change: (rules: GateRequest['rules']) => GateRequest['rules']): Machine {
  return asking((request) => ({ ...request, rules: change(request.rules) }));
}

/** The request as it was; what is refused leaves the same gate behind, as in the shipped one. */
function restored(gate: Gate, { gate: next, answer }: Decided): Decided {
  return { gate: answer.accepted ? { ...next, request: gate.request } : gate, answer };
}
