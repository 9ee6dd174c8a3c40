import { describe, expect, it } from 'vitest';
import { partOf } from '../../drill/part.js';
import { playGroup } from '../../drill/play.js';
import type { OpenKit } from '../../drill/kit.js';
import type { Finding, Group } from '../../drill/scenario.js';

const PASS: Finding = {
  ...{ verdict: 'PASS', detail: 'well', proof: 'seen', injected: false, incidents: [] },
  times: { fault: 1000, detected: 1010, decided: null, acted: 1500, verified: 990 },
};
const kit = { planes: () => [] } as unknown as OpenKit;
const silent = { begun: () => undefined, ended: () => undefined };

function group(play: () => Promise<Finding>, steady: string | null = null): Group<string> {
  const scenario = { hypothesis: 'When x, y.', steady: async () => steady, play };
  return {
    name: 'group',
    scenarios: [
      { name: 'one', ...scenario },
      { name: 'two', ...scenario },
    ],
    open: async () => 'setting',
  };
}

async function played(given: Group<string>, names: readonly string[] = ['one']) {
  return (await playGroup({ part: partOf(given), names }, kit, silent)).scenarios;
}

describe('a group', () => {
  it('plays the scenarios that are wanted and tells times from the fault on', async () => {
    const [one, ...others] = await played(group(async () => PASS));
    expect(others).toEqual([]);
    expect(one).toMatchObject({
      ...{ group: 'group', name: 'one', verdict: 'PASS', fault: '1970-01-01T00:00:01.000Z' },
      delays: { detect_ms: 10, decide_ms: null, act_ms: 500, verify_ms: 0 },
    });
  });

  it('has no verdict for a scenario that breaks down, and goes on with the next one', async () => {
    let calls = 0;
    const broken = group(async () => {
      calls += 1;
      if (calls === 1) throw new Error('the drill stumbled');
      return PASS;
    });
    const [one, two] = await played(broken, ['one', 'two']);
    expect(one).toMatchObject({ verdict: 'INCONCLUSIVE', detail: 'the drill stumbled' });
    expect(two).toMatchObject({ verdict: 'PASS' });
  });

  it('does not play what is not in its steady state', async () => {
    let calls = 0;
    const [one] = await played(
      group(async () => {
        calls += 1;
        return PASS;
      }, 'nobody answers'),
    );
    expect(one).toMatchObject({ verdict: 'INCONCLUSIVE', detail: 'no steady state: nobody answers' });
    expect(calls).toBe(0);
  });

  it('believes no PASS without a proof of the fault', async () => {
    const [one] = await played(group(async () => ({ ...PASS, proof: null })));
    expect(one?.verdict).toBe('INCONCLUSIVE');
  });

  it('has no verdict for any scenario when its setting cannot be made', async () => {
    const open = () => Promise.reject(new Error('no port is free'));
    const scenarios = await played({ ...group(async () => PASS), open }, ['one', 'two']);
    expect(scenarios.map(({ verdict }) => verdict)).toEqual(['INCONCLUSIVE', 'INCONCLUSIVE']);
    expect(scenarios[0]?.detail).toContain('no port is free');
  });
});
