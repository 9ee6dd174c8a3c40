// YAML that must parse, and logs whose entries must stay, by example: before, both edits, after.
import { describe, expect, it } from 'vitest';
import { played } from './support/cast.js';

describe('YAML', () => {
  const [good, other, broken] = ['a: 1\n', 'a: 2\n', 'a: [\n'];
  const at = (text: string) => ({ 'config/x.yaml': text });

  it.each<[string, Parameters<typeof played>[0]]>([
    ['when only the hub changed', { base: at(good), local: at(good), hub: at(broken) }],
    ['when both changed', { base: at(good), local: at(other), hub: at(broken), localLater: false }],
    ['in a first meeting', { local: at(good), hub: at(broken), joining: true }],
    ['even under append-date', { base: at(good), local: at(good), hub: at(broken), strategy: 'append-date' }],
    ['that is not even text', { base: at(good), local: at(good), hub: at('\u0000') }],
  ])('that does not parse never replaces one that does: %s', (_, scene) => {
    const { plan, local, hub } = played(scene);
    expect([local, hub]).toEqual([scene.local, scene.hub]);
    expect(plan.holds).toMatchObject([{ path: 'config/x.yaml', reason: 'unparsable' }]);
    expect([plan.losers, plan.notes]).toEqual([[], []]);
  });

  it('that parses wins over a later one of ours that does not, and ours is kept', () => {
    const { local, lost, plan } = played({ base: at(good), local: at(broken), hub: at(other) });
    expect([local, lost]).toEqual([at(other), [`local config/x.yaml ${broken}`]]);
    expect(plan.notes[0]?.detail).toContain('the one that parses');
  });

  it('of ours that is the later one and parses wins', () => {
    expect(played({ base: at(good), local: at(other), hub: at(broken) }).hub).toEqual(at(other));
  });

  it('that is new, or never parsed, comes in', () => {
    expect(played({ hub: at(broken) }).local).toEqual(at(broken));
    expect(played({ base: at(broken), local: at(broken), hub: at('b: [') }).local).toEqual(at('b: ['));
  });
});

describe('a log that both sides changed', () => {
  const log = (title: string, ...entries: readonly string[]) => ({
    log: `# ${title}\n\n${entries.map((each) => `## 2026-03-0${each}\n\nText.\n`).join('\n')}`,
  });

  it.each([true, false])(
    'keeps the later one of two tops (ours: %s), and names the other version',
    (localLater) => {
      const scene = { base: log('T', '1'), local: log('ours', '1', '2'), hub: log('theirs', '1', '3') };
      const { hub, lost, told } = played({ ...scene, strategy: 'append', localLater });
      expect(hub).toEqual(log(localLater ? 'ours' : 'theirs', '1', '2', '3'));
      expect(lost).toEqual([localLater ? `hub log ${scene.hub.log}` : `local log ${scene.local.log}`]);
      expect(told).toEqual(['append log']);
    },
  );

  it('in a first meeting keeps the top of the hub, whatever the stamps say', () => {
    const { hub, lost } = played({
      ...{ local: log('ours', '1'), hub: log('theirs', '2'), strategy: 'append', joining: true },
    });
    expect(hub['log']).toContain('# theirs\n');
    expect(lost).toEqual([`local log ${log('ours', '1').log}`]);
  });

  it('has two edits of one entry in the order of their stamps', () => {
    const [a, b] = ['## a\n\n1\n', '## a\n\n2\n'];
    const scene = {
      base: { log: '## a\n\n0\n' },
      local: { log: a },
      hub: { log: b },
      strategy: 'append',
    } as const;
    expect(played(scene).hub['log']).toBe(`${b}\n${a}`);
    expect(played({ ...scene, localLater: false }).hub['log']).toBe(`${a}\n${b}`);
  });
});

describe('a log that one side changed alone', () => {
  it('loses no entry by a torn write, on whichever side', () => {
    const [whole, torn] = ['- a\n- b\n- c\n', '- a\n'];
    const ours = played({
      base: { log: whole },
      local: { log: torn },
      hub: { log: whole },
      strategy: 'append',
    });
    expect(ours).toMatchObject({ local: { log: whole }, hub: { log: whole } });
    expect(ours.plan.notes.map(({ rule, detail }) => [rule, detail])).toEqual([
      ['append-entry-kept', 'one side no longer had "b"; it stays'],
      ['append-entry-kept', 'one side no longer had "c"; it stays'],
    ]);
    const theirs = played({
      base: { log: whole },
      local: { log: whole },
      hub: { log: torn },
      strategy: 'append',
    });
    expect(theirs).toMatchObject({ local: { log: whole }, hub: { log: whole } });
  });

  it('is taken as it is when it only grew', () => {
    const grown = played({
      base: { log: '- a\n' },
      local: { log: '- a\n\n\n- b' },
      hub: { log: '- a\n' },
      strategy: 'append',
    });
    expect([grown.hub, grown.told]).toEqual([{ log: '- a\n\n\n- b' }, []]);
  });
});
