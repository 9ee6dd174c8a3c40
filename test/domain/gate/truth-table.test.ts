// The gate's truth table, to be read: what people said, in the order in which it came, and what became of it. `t` is the server's time
// of the word; the question is open from 0 to 100. Properties and mutants stand in the files beside this one.
import { expect, it } from 'vitest';
import { decide, expire, openGate, withdraw, type Gate } from '../../../domain/gate/gate.js';

type Word =
  | {
      readonly say: 'approve' | 'deny';
      readonly by: string;
      readonly t: number;
      readonly request?: string;
      readonly signed?: boolean;
    }
  | { readonly then: 'expire' | 'withdraw'; readonly t: number };

const approve = (by: string, t: number, more: object = {}): Word => ({ say: 'approve', by, t, ...more });
const deny = (by: string, t: number, more: object = {}): Word => ({ say: 'deny', by, t, ...more });
const expires = (t = 100): Word => ({ then: 'expire', t });
const withdrawn = (t: number): Word => ({ then: 'withdraw', t });

interface Rules {
  readonly approvers?: readonly string[];
  readonly quorum?: number;
  readonly fourEyes?: boolean;
  readonly requireSignature?: boolean;
  readonly askedBy?: string;
}

function play(words: readonly Word[], rules: Rules = {}): string {
  const { askedBy = null, ...own } = rules;
  const shipped = { approvers: [], quorum: 1, fourEyes: false, requireSignature: false, expiresAfter: 100 };
  let gate: Gate = openGate({
    ...{ id: 'r', planHash: 'h', opened: 0, expires: 100, askedBy },
    rules: { ...shipped, ...own },
  });
  for (const word of words) {
    if ('then' in word) {
      if (gate.outcome === null)
        gate = word.then === 'expire' ? expire(gate, word.t) : withdraw(gate, word.t, 'well again');
      continue;
    }
    const { say, by, t, request = null, signed = false } = word;
    const signature = signed ? 'good' : 'none';
    gate = decide(gate, { verdict: say, by, reason: 'x', request, at: t, signature }).gate;
  }
  return gate.outcome?.kind ?? 'open';
}

const TABLE: readonly (readonly [string, readonly Word[], string, Rules?])[] = [
  ['nobody says anything', [], 'open'],
  ['nobody says anything, and the time is over', [expires()], 'expired'],
  ['yes', [approve('ops', 10)], 'approved'],
  ['no', [deny('ops', 10)], 'denied'],
  ['yes, then no', [approve('ops', 10), deny('bob', 11)], 'approved'],
  ['no, then yes', [deny('bob', 10), approve('ops', 11)], 'denied'],
  ['yes in the last moment', [approve('ops', 99)], 'approved'],
  ['yes in the moment of the end', [approve('ops', 100), expires()], 'expired'],
  ['yes after the end', [approve('ops', 101), expires()], 'expired'],
  [
    'yes in time, read only after the end (no worker was there)',
    [approve('ops', 50), expires(500)],
    'approved',
  ],
  ['yes too late and no in time, read in that order', [approve('ops', 200), deny('bob', 50)], 'denied'],
  ['a yes from before it was asked', [approve('ops', -1), expires()], 'expired'],
  ['it is well again, then yes', [withdrawn(10), approve('ops', 11)], 'withdrawn'],
  ['yes, then it is well again', [approve('ops', 10), withdrawn(11)], 'approved'],
  ['yes to another question', [approve('ops', 10, { request: 'other' }), expires()], 'expired'],
  ['yes to this one by name', [approve('ops', 10, { request: 'r' })], 'approved'],
  [
    'yes of somebody who is not on the list',
    [approve('mallory', 10), expires()],
    'expired',
    { approvers: ['ops'] },
  ],
  [
    'no of somebody who is not on the list',
    [deny('mallory', 10), approve('ops', 11)],
    'approved',
    { approvers: ['ops'] },
  ],
  ['half of a quorum', [approve('ops', 10), expires()], 'expired', { quorum: 2 }],
  ['a quorum', [approve('ops', 10), approve('bob', 11)], 'approved', { quorum: 2 }],
  [
    'one person twice is no quorum',
    [approve('ops', 10), approve('OPS ', 11), expires()],
    'expired',
    { quorum: 2 },
  ],
  [
    'half a quorum, then no',
    [approve('ops', 10), deny('bob', 11), approve('eve', 12)],
    'denied',
    { quorum: 2 },
  ],
  ['yes of who triggered it', [approve('ops', 10), expires()], 'expired', { fourEyes: true, askedBy: 'ops' }],
  ['no of who triggered it', [deny('ops', 10)], 'denied', { fourEyes: true, askedBy: 'ops' }],
  ['yes of another one', [approve('bob', 10)], 'approved', { fourEyes: true, askedBy: 'ops' }],
  [
    'unsigned where a signature is needed',
    [approve('ops', 10), expires()],
    'expired',
    { requireSignature: true },
  ],
  ['an unsigned no as well', [deny('ops', 10), expires()], 'expired', { requireSignature: true }],
  ['signed', [approve('ops', 10, { signed: true })], 'approved', { requireSignature: true }],
];

it.each(TABLE.map(([name, words, outcome, rules]) => ({ name, words, outcome, rules })))(
  '$name',
  ({ words, outcome, rules }) => {
    expect(play(words, rules)).toBe(outcome);
  },
);
