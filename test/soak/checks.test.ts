// Each invariant is shown a broken observation: a check that never notices anything proves nothing.
import { describe, expect, it } from 'vitest';
import { sealed, SEAL } from '../../drill/stand-ins/seal.js';
import { actProblems, keyProblems, type ActsSeen } from '../../soak/checks/acts.js';
import { greenProblems, verificationProblems, type Damage } from '../../soak/checks/backup.js';
import { differences, idsIn, lostContent } from '../../soak/checks/content.js';
import { callProblems, wholeProblems, type CallSeen } from '../../soak/checks/gateway.js';
import { endingProblems, historyProblems, type WorkflowSeen } from '../../soak/checks/histories.js';
import { kpiProblems } from '../../soak/checks/kpis.js';
import { logProblems, secretProblems } from '../../soak/checks/logs.js';
import {
  leftoverProblems,
  processProblems,
  readyProblems,
  type ProcessSeen,
} from '../../soak/checks/machine.js';
import type { Problems } from '../../soak/model.js';
import { kpi } from '../drill/support.js';

const told = (problems: Problems) => problems.map(({ what }) => what);
const T = Date.parse('2026-11-23T10:00:00.000Z');
const at = new Date(T).toISOString();

describe('content', () => {
  const written = { id: 'soak-home-000001-0a1b2c3d', node: 'home', path: 'notes/a.md', at: T };

  it('notices what is nowhere', () => {
    const found = new Set(idsIn(`# ${written.id}\ntext`));
    expect(lostContent([written], found)).toEqual([]);
    expect(told(lostContent([written], new Set()))).toEqual([`${written.id} is lost`]);
  });

  it('notices nodes that differ in bytes or in names', () => {
    const tree = new Map([['a', '1']]);
    expect(differences(tree, new Map(tree))).toEqual([]);
    expect(differences(tree, new Map([['a', '2']]))).toHaveLength(1);
    expect(differences(tree, new Map())).toHaveLength(1);
    expect(differences(new Map(), tree)).toHaveLength(1);
  });
});

describe('acts', () => {
  const event = (type: string, data: Record<string, unknown>) => ({ type, data, at });
  const good: ActsSeen = {
    orders: [{ name: 'r-1.0', argv: ['/harsh'], started: true }],
    runs: new Map([['/harsh', 1]]),
    events: [
      event('healing.decided', { request: 'r-1', permission: 'approve' }),
      event('healing.asked', { request: 'r-1' }),
      event('healing.answered', { request: 'r-1', verdict: 'approve', accepted: true }),
      event('healing.acted', { request: 'r-1', status: 'started' }),
      event('healing.acted', { request: 'r-1', status: 'completed' }),
    ],
  };

  it('is content with an act that was allowed and ran once', () => {
    expect(actProblems(good)).toEqual([]);
  });

  it('notices a command that ran twice for one order', () => {
    expect(told(actProblems({ ...good, runs: new Map([['/harsh', 2]]) }))).toEqual([
      'a command ran more often than it was ordered',
    ]);
  });

  it('notices an act that was started twice', () => {
    const events = [...good.events, event('healing.acted', { request: 'r-1', status: 'started' })];
    expect(told(actProblems({ ...good, events }))).toEqual(['an act was started twice']);
  });

  it.each([
    ['deny', 'an act that was deny was ordered'],
    ['expired', 'an act that was expired was ordered'],
  ])('notices an order after %s, also when a yes came later and was refused', (verdict, what) => {
    const events = [
      ...good.events.slice(0, 2),
      event('healing.answered', { request: 'r-1', verdict, accepted: true }),
      event('healing.answered', { request: 'r-1', verdict: 'approve', accepted: false }),
    ];
    expect(told(actProblems({ ...good, events }))).toEqual([what]);
  });

  it('notices an order that nobody was asked about', () => {
    expect(told(actProblems({ ...good, events: good.events.slice(0, 2) }))).toEqual([
      'an act that nobody allowed was ordered',
    ]);
  });

  it('lets acts that need nobody pass', () => {
    const events = [event('healing.decided', { request: 'r-1', permission: 'auto' })];
    expect(actProblems({ ...good, events })).toEqual([]);
  });

  it('notices a key with two answers', () => {
    const once = { key: 'k', text: 'a' };
    expect(keyProblems([once, once, { key: 'other', text: 'b' }])).toEqual([]);
    expect(keyProblems([once, { key: 'k', text: 'b' }])).toHaveLength(1);
  });
});

describe('backups', () => {
  const run = {
    ...{ run: 'r', node: 'home', destination: 'local', began: T },
    files: [{ path: 'a', wanted: '1', stored: '1' }],
  };
  const broken = { ...run, files: [{ path: 'a', wanted: '1', stored: '2' }] };
  const damage: Damage = {
    ...{ node: 'home', destination: 'local', path: 'a', at: T - 10_000, silent: false },
  };

  it('notices a green run whose bytes are other ones, cannot be read, or are none', () => {
    expect(greenProblems(run, [], null)).toEqual([]);
    expect(greenProblems(broken, [], null)).toHaveLength(1);
    expect(
      greenProblems({ ...run, files: [{ path: 'a', wanted: '1', stored: null }] }, [], null),
    ).toHaveLength(1);
    expect(greenProblems({ ...run, files: [] }, [], null)).toHaveLength(1);
    expect(greenProblems({ ...run, files: null }, [], null)).toHaveLength(1);
  });

  it('excuses what was damaged while it ran, and nothing that was damaged before', () => {
    expect(greenProblems(broken, [{ ...damage, at: T + 500 }], null)).toEqual([]);
    expect(greenProblems(broken, [damage], null)).toHaveLength(1);
    expect(greenProblems(broken, [{ ...damage, at: T + 500, path: 'b' }], null)).toHaveLength(1);
    expect(greenProblems(broken, [{ ...damage, at: T + 500, destination: 'github' }], null)).toHaveLength(1);
  });

  it('excuses silent rot until a verification began after it', () => {
    const silent = { ...damage, silent: true };
    expect(greenProblems(broken, [silent], T - 20_000)).toEqual([]);
    expect(greenProblems(broken, [silent], T - 5_000)).toHaveLength(1);
  });

  it('notices a verification that calls a damaged copy right', () => {
    const seen = { node: 'home', began: T, ended: T + 1_000, outcome: 'green' };
    expect(verificationProblems(damage, [seen], null)).toHaveLength(1);
    expect(verificationProblems(damage, [{ ...seen, outcome: 'not_green' }], null)).toEqual([]);
    // It was mended before.
    expect(verificationProblems(damage, [seen], T - 5_000)).toEqual([]);
    expect(verificationProblems(damage, [seen], T + 60_000)).toHaveLength(1);
    // It began before the damage.
    expect(verificationProblems(damage, [{ ...seen, began: T - 20_000 }], null)).toEqual([]);
    expect(verificationProblems(damage, [{ ...seen, node: 'cloud' }], null)).toEqual([]);
  });
});

describe('calls', () => {
  const prompt = `${SEAL}one`;
  const text = sealed(['alpha', ' word1'], prompt, 7).join('');
  const call: CallSeen = {
    ...{ node: 'home', lane: 'direct', stream: true, prompt, began: T, ended: T + 1_000 },
    ...{ ok: true, text, status: 200, error: null, first: 20, provider: 'alpha' },
  };
  const failed = { ...call, ok: false, error: 'no_provider_available', first: null, provider: null };
  const well = { providers: new Map([['alpha', []]]), away: [] };

  it('notices a cut, a doubled and a foreign answer that is given as whole', () => {
    expect(wholeProblems(call)).toEqual([]);
    expect(wholeProblems({ ...call, text: text.slice(0, 20) })).toHaveLength(1);
    expect(wholeProblems({ ...call, text: text + text })).toHaveLength(1);
    expect(wholeProblems({ ...call, prompt: `${SEAL}two` })).toHaveLength(1);
    // One that says that it failed may be cut.
    expect(wholeProblems({ ...call, ok: false, text: '' })).toEqual([]);
  });

  it('takes an answer that another one went on with', () => {
    const begun = 'alpha word1';
    const rest = sealed(['beta', ' word1', ' word2'], prompt, 3, begun).join('');
    expect(wholeProblems({ ...call, text: begun + rest })).toEqual([]);
  });

  it('notices a call that fails while a provider is well', () => {
    expect(callProblems(failed, well)).toHaveLength(1);
    expect(callProblems(call, well)).toEqual([]);
  });

  it('excuses it when every provider was out of order in that time, or had just been', () => {
    const out = (from: number, to: number | null) => ({
      providers: new Map([['alpha', [{ from, to }]]]),
      away: [],
    });
    expect(callProblems(failed, out(T - 5_000, null))).toEqual([]);
    expect(callProblems(failed, out(T - 60_000, T - 10_000))).toEqual([]);
    expect(callProblems(failed, out(T - 60_000, T - 50_000))).toHaveLength(1);
    expect(callProblems(failed, out(T + 60_000, null))).toHaveLength(1);
  });

  it('excuses it while the front is away, and a stream that says that it broke with its provider', () => {
    expect(callProblems(failed, { ...well, away: [{ from: T, to: null }] })).toEqual([]);
    expect(callProblems(failed, { ...well, away: [{ from: T - 9_000, to: T - 5_000 }] })).toHaveLength(1);
    const providers = new Map([
      ['alpha', [{ from: T, to: T + 5_000 }]],
      ['beta', []],
    ]);
    const cut = { ...failed, first: 20, provider: 'alpha', error: 'stream_interrupted' };
    expect(callProblems(cut, { providers, away: [] })).toEqual([]);
    expect(callProblems({ ...cut, provider: 'beta' }, { providers, away: [] })).toHaveLength(1);
    // Nothing had come yet: the next one should have been asked.
    expect(callProblems({ ...cut, first: null }, { providers, away: [] })).toHaveLength(1);
  });
});

describe('histories', () => {
  const seen: WorkflowSeen = {
    ...{ node: 'home', id: 'w', type: 'completion', status: 'RUNNING', began: T, events: 10, bytes: 1_000 },
    ...{ taskAttempt: 1, activities: [] },
  };
  const look = (change: Partial<WorkflowSeen>, now = T) =>
    told(historyProblems([{ ...seen, ...change }], 300, now));

  it('notices what is too long, too large, stuck, endless or cut off', () => {
    expect(look({})).toEqual([]);
    expect(look({ events: 1_001 })).toEqual(['a history is too long']);
    expect(look({ type: 'healingLoop', events: 1_000 })).toEqual(['a history is too long']);
    expect(look({ bytes: 3 * 1024 * 1024 })).toEqual(['a history is too large']);
    expect(look({ taskAttempt: 20 })).toEqual(['a workflow task fails again and again']);
    expect(look({}, T + 3_600_000)).toEqual(['a workflow does not end']);
    expect(look({ type: 'healingLoop' }, T + 3_600_000)).toEqual([]);
    expect(look({ status: 'TERMINATED' })).toEqual(['a workflow was cut off']);
  });

  it('notices what still runs in the calm, but for the long-lived ones', () => {
    expect(endingProblems([seen], T + 120_000, 60_000)).toHaveLength(1);
    expect(endingProblems([seen], T + 10_000, 60_000)).toEqual([]);
    expect(endingProblems([{ ...seen, type: 'providerManager' }], T + 120_000, 60_000)).toEqual([]);
    expect(endingProblems([{ ...seen, status: 'COMPLETED' }], T + 120_000, 60_000)).toEqual([]);
  });
});

describe('journal, logs and secrets', () => {
  it('notices a KPI that is not counted so, and takes one that changed meanwhile', () => {
    const [three, four] = [kpi({ n: 3 }), kpi({ n: 4 })];
    expect(kpiProblems([three], [three], [three])).toEqual([]);
    expect(kpiProblems([three], [four], [three])).toHaveLength(1);
    expect(kpiProblems([three], [kpi({ n: 3, value: 0.5 })], [three])).toHaveLength(1);
    expect(kpiProblems([three], [four], [four])).toEqual([]);
    expect(kpiProblems([], [three], [])).toHaveLength(1);
  });

  it('notices error lines, unhandled rejections and warnings of leaks, each class once', () => {
    const line = (text: string) => ({ file: 'home/worker.log', text });
    const error = (n: number) =>
      line(JSON.stringify({ level: 50, msg: `it broke at ${String(n)}`, time: at }));
    expect(logProblems([line('{"level":40,"msg":"odd"}'), line('plain')], [])).toEqual([]);
    expect(logProblems([error(1), error(2)], [])).toMatchObject([
      { what: expect.stringContaining('2 times') },
    ]);
    expect(logProblems([error(1)], [{ pattern: /it broke/, reason: 'meant' }])).toEqual([]);
    expect(logProblems([line('(node:1) MaxListenersExceededWarning: …')], [])).toHaveLength(1);
    expect(logProblems([line('Unhandled promise rejection')], [])).toHaveLength(1);
  });

  it('notices a secret', () => {
    expect(secretProblems([{ file: 'a', found: [] }])).toEqual([]);
    expect(secretProblems([{ file: 'a', found: ['key'] }])).toHaveLength(1);
  });
});

describe('machine', () => {
  const worker: ProcessSeen = {
    ...{ pid: 2, parent: 1_000, state: 'S', node: 'home', role: 'worker', words: 'worker.js' },
  };
  const look = (...seen: readonly ProcessSeen[]) =>
    told(processProblems(seen, new Set(seen.map(({ pid }) => pid))));

  it('notices zombies, doubles and orphans, once they have stayed', () => {
    expect(look(worker)).toEqual([]);
    expect(look(worker, { ...worker, pid: 3 })).toEqual(['two processes are the worker of home']);
    expect(look(worker, { ...worker, pid: 3, node: 'cloud' })).toEqual([]);
    expect(look({ ...worker, state: 'Z', role: 'other' })).toEqual(['a zombie is not reaped']);
    expect(look({ ...worker, parent: 1 })).toEqual(['a worker outlived its supervisor']);
    expect(processProblems([{ ...worker, parent: 1 }], new Set())).toEqual([]);
  });

  it('notices temporary files that are old', () => {
    const file = (path: string) => leftoverProblems([{ path, changed: T }], T + 300_000, 180_000, 0);
    expect(file('state/backup/record.json.123.tmp')).toHaveLength(1);
    expect(file('state/sync/repo.git/index.lock')).toHaveLength(1);
    expect(file('state/backup/record.json')).toEqual([]);
    expect(file('state/lock')).toEqual([]);
    expect(leftoverProblems([{ path: 'a.tmp', changed: T }], T + 1_000, 180_000, 0)).toEqual([]);
    // A process that was killed may leave one, not two.
    const left = ['a.tmp', 'b.tmp'].map((path) => ({ path, changed: T }));
    expect(leftoverProblems(left.slice(1), T + 300_000, 180_000, 1)).toEqual([]);
    expect(leftoverProblems(left, T + 300_000, 180_000, 1)).toHaveLength(1);
  });

  it('notices what is not ready in time, or never', () => {
    expect(readyProblems('x', 500, 1_000)).toEqual([]);
    expect(readyProblems('x', 1_500, 1_000)).toHaveLength(1);
    expect(readyProblems('x', null, 1_000)).toHaveLength(1);
  });
});
