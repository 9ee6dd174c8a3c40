import { describe, expect, it } from 'vitest';
import { row, type Row } from '../../../bench/measure/row.js';
import type { Order } from '../../../bench/session/options.js';
import type { Outcome, Result } from '../../../bench/session/outcome.js';
import { runSession, type SessionParts } from '../../../bench/session/session.js';

const orders = ['one', 'two', 'three'].map((suite): Order => ({
  suite,
  rounds: 3,
  idle: 1000,
  nodes: 2,
  minutes: 1,
  with: [],
}));
const rows: readonly Row[] = [row({ what: 'it', ours: [1] })];
const well: Result = { kind: 'measured', machine: 'here', rows };

function parts(measure: (suite: string) => Promise<Result>, cut = () => false) {
  const done: (readonly [string, number])[] = [];
  let seconds = 0;
  const all: SessionParts = {
    measure: ({ suite }) => measure(suite),
    done: (outcome, so) => void done.push([outcome.suite, so.length]),
    cut,
    clock: () => (seconds += 7),
  };
  return { all, done };
}

describe('a session', () => {
  it('runs one suite after the other and tells of each as it is done', async () => {
    let under = 0;
    const { all, done } = parts(async () => {
      under += 1;
      expect(under).toBe(1);
      await Promise.resolve();
      under -= 1;
      return well;
    });
    const outcomes = await runSession(orders, all);
    expect(done).toEqual([
      ['one', 1],
      ['two', 2],
      ['three', 3],
    ]);
    expect(outcomes[0]).toEqual({
      kind: 'measured',
      suite: 'one',
      machine: 'here',
      rounds: 3,
      seconds: 7,
      rows,
    });
  });

  it('goes on when a suite fails, by its own word or without one, with the reason on one line', async () => {
    const { all } = parts((suite) => {
      if (suite === 'one') return Promise.reject(new Error('it never came:\n  log line\n'));
      return Promise.resolve(suite === 'two' ? { kind: 'failed', error: 'no disk' } : well);
    });
    const outcomes: readonly Outcome[] = await runSession(orders, all);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['failed', 'failed', 'measured']);
    expect(outcomes[0]).toMatchObject({ error: 'it never came: | log line' });
    expect(outcomes[1]).toMatchObject({ error: 'no disk', seconds: 7 });
  });

  it('starts nothing more once it is cut short, and does not count what was cut', async () => {
    let isCut = false;
    const { all, done } = parts(
      (suite) => {
        isCut = suite === 'two';
        return Promise.resolve(well);
      },
      () => isCut,
    );
    expect((await runSession(orders, all)).map(({ suite }) => suite)).toEqual(['one']);
    expect(done).toEqual([['one', 1]]);
  });
});
