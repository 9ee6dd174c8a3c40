// The gate of an incident: who says what, in the order of the history, judged by the server's times. Signals must never fail the
// workflow; updates are answered at once. Rules: domain/gate.
import {
  condition,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
  ApplicationFailure,
} from '@temporalio/workflow';
import { defineSearchAttributeKey } from '@temporalio/common';
import { decide, expire, openGate, withdraw, type Gate } from '../domain/gate/gate.js';
import { parseDecision, type ParsedDecision } from '../domain/gate/messages.js';
import type { PlannedAct } from '../domain/healing/steps.js';
import {
  approveSignal,
  approveUpdate,
  denySignal,
  denyUpdate,
  type GateAnswer,
  type OpenQuestion,
} from './messages.js';
import { healing } from './proxies.js';

const AWAITING = defineSearchAttributeKey('NxsAwaitingApproval', 'BOOL');

type Verdict = 'approve' | 'deny';

export interface Door {
  /** The open question; null: none. */
  question(): OpenQuestion | null;
  /** Asks, and waits for a decision, for the end of the time, or for `over` (the question is withdrawn then). */
  ask(act: PlannedAct, over: () => string | null): Promise<NonNullable<Gate['outcome']>>;
}

/** Hears approve and deny from now on. Call it before anything is awaited. */
export function openDoor(
  incident: string,
  told: (act: PlannedAct, opened: number, expires: number) => Promise<void>,
): Door {
  let gate: Gate | null = null;
  let signals = 0;
  let serial = 0;
  // One word after the other: a signature takes a moment to check, and must not be overtaken.
  let judging: Promise<unknown> = Promise.resolve();

  function hear(verdict: Verdict, word: ParsedDecision, signal: number | null): Promise<GateAnswer> {
    const seen = Date.now();
    const answer = judging.then(() => judge(verdict, word, signal, seen));
    judging = answer.catch(() => undefined);
    return answer;
  }

  async function judge(
    verdict: Verdict,
    word: ParsedDecision,
    signal: number | null,
    seen: number,
  ): Promise<GateAnswer> {
    const asked = gate;
    if (asked === null) {
      const sentence = 'No question is open in this incident.';
      return note(verdict, word, { accepted: false, state: 'refused', sentence }, false);
    }
    const { id, planHash } = asked.request;
    const at = signal === null || seen < asked.request.expires ? seen : await timeOf(signal, seen);
    const { by, signature: signed } = word;
    const signature = await signatureOf({ incident, request: id, planHash, verdict, by, signature: signed });
    const { gate: next, answer } = decide(asked, { ...word, verdict, at, signature });
    if (gate === asked) gate = next;
    return note(verdict, word, answer, signature === 'good');
  }

  async function note(
    verdict: Verdict,
    word: ParsedDecision,
    answer: GateAnswer,
    verified: boolean,
  ): Promise<GateAnswer> {
    const { by, reason } = word;
    const { accepted, sentence } = answer;
    const request = gate?.request.id ?? word.request;
    serial += 1;
    const final = accepted && answer.state !== 'waiting';
    const said = { verdict, by, reason, verified, accepted, sentence, final };
    await healing.noteAnswer({ incident, request, ...said, serial });
    return answer;
  }

  for (const [verdict, signal, update] of [
    ['approve', approveSignal, approveUpdate],
    ['deny', denySignal, denyUpdate],
  ] as const) {
    setHandler(signal, async (typed) => {
      const index = signals;
      signals += 1;
      const parsed = parseDecision(verdict, typed);
      if ('value' in parsed) await hear(verdict, parsed.value, index);
      else {
        serial += 1;
        const nobody = { by: '', reason: '', request: null, verified: false };
        await healing.noteAnswer({
          incident,
          verdict,
          ...nobody,
          accepted: false,
          final: false,
          sentence: parsed.why,
          serial,
        });
      }
    });
    setHandler(update, (typed) => hear(verdict, orRefuse(parseDecision(verdict, typed)), null), {
      validator(typed) {
        const word = orRefuse(parseDecision(verdict, typed));
        if (gate === null) throw refused('No question is open in this incident.');
        const { answer } = decide(gate, { ...word, verdict, at: Date.now(), signature: 'good' });
        if (answer.state === 'refused') throw refused(answer.sentence);
      },
    });
  }

  return {
    question: () => (gate === null || gate.outcome !== null ? null : questionOf(gate)),
    async ask(act, over) {
      const opened = Date.now();
      const expires = opened + act.gate.expiresAfter;
      const { request: id, planHash, askedBy, gate: rules } = act;
      gate = openGate({ id, planHash, opened, expires, rules, askedBy });
      upsertSearchAttributes([{ key: AWAITING, value: true }]);
      await told(act, opened, expires);
      const isOver = () => over() !== null || (gate?.outcome ?? null) !== null;
      await condition(isOver, Math.max(1, expires - Date.now()));
      // Words that came in time and are still being looked at count.
      await judging;
      const why = over();
      if (gate.outcome === null)
        gate = why === null ? expire(gate, Date.now()) : withdraw(gate, Date.now(), why);
      const outcome = gate.outcome ?? { kind: 'expired', at: Date.now() };
      upsertSearchAttributes([{ key: AWAITING, value: false }]);
      await noteEnd(outcome, id);
      return outcome;
    },
  };

  /** The end that nobody spoke. */
  async function noteEnd(outcome: NonNullable<Gate['outcome']>, request: string): Promise<void> {
    if (outcome.kind !== 'expired' && outcome.kind !== 'withdrawn') return;
    serial += 1;
    const sentence =
      outcome.kind === 'expired'
        ? 'Nobody answered in time; nothing was done.'
        : `The question was withdrawn: ${outcome.reason}.`;
    const nobody = { by: '', reason: '', verified: false, accepted: true, final: true };
    await healing.noteAnswer({ incident, request, verdict: outcome.kind, ...nobody, sentence, serial });
  }
}

/** A signal that came while no worker ran is as old as the server says. */
async function timeOf(signal: number, seen: number): Promise<number> {
  const { workflowId, runId } = workflowInfo();
  const times = await healing.signalTimes({ workflowId, runId });
  return times[signal] ?? seen;
}

function signatureOf(input: Parameters<typeof healing.checkSignature>[0]): Promise<'none' | 'good' | 'bad'> {
  return input.signature === null ? Promise.resolve('none') : healing.checkSignature(input);
}

function questionOf({ request, approvals }: Gate): OpenQuestion {
  const { id, planHash, opened, expires, rules } = request;
  return {
    request: id,
    planHash,
    opened: new Date(opened).toISOString(),
    expires: new Date(expires).toISOString(),
    approvals: approvals.map(({ by }) => by),
    quorum: rules.quorum,
  };
}

function orRefuse(parsed: ReturnType<typeof parseDecision>): ParsedDecision {
  if ('why' in parsed) throw refused(parsed.why);
  return parsed.value;
}

/** Ends an update, never the workflow. */
function refused(why: string): ApplicationFailure {
  const failure = ApplicationFailure.create({ type: 'USAGE', message: why, nonRetryable: true });
  failure.stack = '';
  return failure;
}
