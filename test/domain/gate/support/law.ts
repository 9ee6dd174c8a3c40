// What must hold for every story, as one function that throws: the laws and the mutants use the same.
import assert from 'node:assert/strict';
import type { Gate } from '../../../../domain/gate/gate.js';
import { openGate, type Machine } from './machine.js';
import { counts, expectedOf } from './oracle.js';
import type { Event, Story } from './story.js';

/** Plays it to the end, and returns the gate as it stood after each event. */
export function play(machine: Machine, { request, events }: Story): Gate[] {
  let gate = frozen(openGate(frozen(request)));
  return events.map((event) => (gate = frozen(step(machine, gate, event))));
}

export function holds(machine: Machine, story: Story): void {
  const gates = play(machine, story);
  const last = gates.at(-1) ?? openGate(story.request);
  const { kind, people, end } = expectedOf(story);
  assert.equal(last.outcome?.kind ?? 'open', kind, 'the outcome is the one of the oracle');
  assert.equal(last.approvals.length, people.length, 'as many approvals count as in the oracle');

  // Once set, it stays the same object, and it is set at the event that the oracle names.
  gates.forEach((gate, index) => {
    if (index < end) assert.equal(gate.outcome, null, 'open until its end');
    else assert.equal(gate, last, 'nothing changes after its end');
  });

  const said = story.events.slice(0, end + 1);
  if (last.outcome?.kind === 'approved') {
    const voices = said.filter((event) => counts(story, event, 'approve'));
    assert.ok(new Set(voices.map(({ person }) => person)).size >= story.request.rules.quorum);
    assert.ok(!said.some((event) => counts(story, event, 'deny')), 'a denial before the quorum');
    assert.equal(last.outcome.approvals.length, people.length);
    assert.ok(
      last.outcome.approvals.every(({ at }) => at >= story.request.opened && at < story.request.expires),
    );
  }
}

function step(machine: Machine, gate: Gate, event: Event): Gate {
  if (event.kind === 'expire') return machine.expire(gate, event.now);
  if (event.kind === 'withdraw') return machine.withdraw(gate, event.now, event.reason);
  const { gate: next, answer } = machine.decide(gate, frozen(event.decision));
  // What the person is told is what happened.
  assert.equal(answer.accepted, next !== gate, 'accepted means that it counts');
  const state = next.outcome === null ? 'waiting' : next.outcome.kind;
  if (answer.accepted) assert.equal(answer.state, state);
  else assert.ok(answer.state === 'refused' || (answer.state === 'waiting' && gate.outcome === null));
  assert.match(answer.sentence, /\S.*\.$/s);
  return next;
}

function frozen<T extends object>(value: T): T {
  for (const each of Object.values(value))
    if (typeof each === 'object' && each !== null) frozen(each as object);
  return Object.freeze(value);
}
