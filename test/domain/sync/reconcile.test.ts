// The rules of SYNC.md 4.3 by example: before, both edits, after.
import { describe, expect, it } from 'vitest';
import { numbered } from '../../../domain/sync/merge-file.js';
import { conflictsOf, isHeld } from '../../../domain/sync/reconcile.js';
import { inputOf, oidOf, played } from './support/cast.js';

const oid8 = (text: string) => oidOf(text).slice(0, 8);

describe('two versions of a file', () => {
  it('the later one stays, and the other one is named', () => {
    const scene = {
      base: { 'MEMORY.md': 'old' },
      local: { 'MEMORY.md': 'ours' },
      hub: { 'MEMORY.md': 'theirs' },
    };
    const later = played(scene);
    expect([later.local, later.hub, later.lost]).toEqual([
      { 'MEMORY.md': 'ours' },
      { 'MEMORY.md': 'ours' },
      ['hub MEMORY.md theirs'],
    ]);
    expect(later.plan.notes).toEqual([
      {
        ...{ path: 'MEMORY.md', rule: 'last-write-wins', kept: oidOf('ours'), lost: oidOf('theirs') },
        ...{ other: null, detail: 'both changed it; the one of here is the later one' },
      },
    ]);
    expect(played({ ...scene, localLater: false }).lost).toEqual(['local MEMORY.md ours']);
  });

  it('a change of the executable bit and one of the bytes are both taken, and nobody loses', () => {
    for (const strategy of ['replace', 'append-date'] as const) {
      const { local, hub, told, lost } = played({
        ...{ base: { f: 'v1' }, local: { f: '!v1' }, hub: { f: 'v2' }, strategy },
      });
      expect([local, hub, told, lost]).toEqual([{ f: '!v2' }, { f: '!v2' }, [], []]);
    }
  });

  it('the same the other way round', () => {
    const scene = { base: { f: 'v1' }, local: { f: 'v2' }, hub: { f: '!v1' } };
    expect(played(scene)).toMatchObject({ local: { f: '!v2' }, hub: { f: '!v2' }, told: [], lost: [] });
  });

  it('that differ in the executable bit only: the changed bit stays', () => {
    const scene = { base: { f: 'v1' }, local: { f: '!v2' }, hub: { f: 'v2' }, localLater: false };
    expect(played(scene).hub).toEqual({ f: '!v2' });
    expect(played({ local: { f: '!v2' }, hub: { f: 'v2' }, localLater: false }).local).toEqual({ f: 'v2' });
  });

  it('binary ones are replaced whatever the pattern', () => {
    for (const strategy of ['append', 'append-date'] as const) {
      const { local, told, lost } = played({
        ...{
          base: { f: '- a\n' },
          local: { f: '- a\n- b\n' },
          hub: { f: '\u0000' },
          strategy,
          localLater: false,
        },
      });
      expect([local, told, lost]).toEqual([{ f: '\u0000' }, ['last-write-wins f'], ['local f - a\n- b\n']]);
    }
  });
});

describe('append-date', () => {
  const edits = (path: string) => ({
    ...{ base: { [path]: 'old' }, local: { [path]: 'ours' }, hub: { [path]: 'theirs' } },
    strategy: 'append-date' as const,
  });

  it('a name with a date is not dated again', () => {
    const path = 'memory/2026-01-02-x.md';
    const other = `memory/2026-01-02-x.${oid8('ours')}.md`;
    expect(played(edits(path)).hub).toEqual({ [path]: 'theirs', [other]: 'ours' });
  });

  it.each(['local', 'hub', 'both'])('a dated name that is taken (%s) is left to its file', (where) => {
    const taken = { 'memory/2026-03-05-x.md': 'another' };
    const scene = edits('memory/x.md');
    const { local, hub } = played({
      ...scene,
      local: { ...scene.local, ...(where === 'hub' ? {} : taken) },
      hub: { ...scene.hub, ...(where === 'local' ? {} : taken) },
    });
    expect(local).toEqual({ ...taken, 'memory/x.md': 'theirs', [`memory/x.${oid8('ours')}.md`]: 'ours' });
    expect(hub).toEqual(local);
  });

  it('a dated name that holds the same on one side and something else on the other is left alone', () => {
    const scene = edits('memory/x.md');
    const dated = 'memory/2026-03-05-x.md';
    const { plan } = played({
      ...scene,
      base: { ...scene.base, [dated]: 'old' },
      ...{ local: { ...scene.local, [dated]: 'ours' }, hub: { ...scene.hub, [dated]: 'another' } },
    });
    expect(plan.notes.at(-1)).toMatchObject({ path: 'memory/x.md', other: `memory/x.${oid8('ours')}.md` });
  });

  it('a numbered name that is taken as well is numbered further', () => {
    const path = 'memory/2026-01-02-x.md';
    const taken = `memory/2026-01-02-x.${oid8('ours')}.md`;
    const scene = edits(path);
    const { hub } = played({ ...scene, hub: { ...scene.hub, [taken]: 'another' } });
    expect(hub).toEqual({ [path]: 'theirs', [taken]: 'another', [numbered(taken, oidOf('ours'))]: 'ours' });
  });

  it('a dated name that holds the same is used', () => {
    const scene = edits('memory/x.md');
    const { hub, local } = played({ ...scene, local: { ...scene.local, 'memory/2026-03-05-x.md': 'ours' } });
    expect(local).toEqual({ 'memory/x.md': 'theirs', 'memory/2026-03-05-x.md': 'ours' });
    expect(hub).toEqual(local);
  });

  it('a dated name that is held is not touched', () => {
    const scene = { ...edits('memory/x.md'), held: ['memory/2026-03-05-x.md'] };
    expect(Object.keys(played(scene).hub)).toEqual([`memory/x.${oid8('ours')}.md`, 'memory/x.md'].sort());
  });
});

describe('one side deleted', () => {
  it('and the other left it: it is gone', () => {
    expect(played({ base: { f: 'a', g: 'a' }, local: { g: 'a' }, hub: { f: 'a' } })).toMatchObject({
      ...{ local: {}, hub: {}, told: [] },
    });
  });

  it('and the other changed it: the change stays', () => {
    expect(played({ base: { f: 'a', g: 'a' }, local: { g: 'b' }, hub: { f: 'b' } })).toMatchObject({
      ...{ local: { f: 'b', g: 'b' }, hub: { f: 'b', g: 'b' } },
      told: ['delete-vs-modify f', 'delete-vs-modify g'],
    });
  });
});

describe('lost memory', () => {
  const scene = { local: { old: 'v1', edited: 'v2', kept: 'v3' }, joining: true };
  const ever = { old: ['v0', 'v1'], edited: ['v1'], another: ['v3'] };

  it('what the hub deleted stays deleted; what it never had, or not like this, is kept', () => {
    const { local, hub } = played({ ...scene, ever });
    expect(local).toEqual({ edited: 'v2', kept: 'v3' });
    expect(hub).toEqual(local);
  });

  it('a node that lost nothing takes no file for deleted', () => {
    expect(played(scene).hub).toEqual(scene.local);
    expect(played({ ...scene, base: { old: 'v0' }, ever }).hub).toMatchObject({ old: 'v1' });
  });
});

describe('a first meeting', () => {
  it('our version is published beside only where the nodes share the name', () => {
    const beside = numbered('MEMORY.md', oidOf('ours'));
    const { local, hub, plan } = played({
      ...{ local: { 'MEMORY.md': 'ours' }, hub: { 'MEMORY.md': 'theirs' }, joining: true },
      covers: (path) => path === 'MEMORY.md',
    });
    expect(local).toEqual({ 'MEMORY.md': 'theirs', [beside]: 'ours' });
    expect(hub).toEqual({ 'MEMORY.md': 'theirs' });
    expect(plan.losers).toEqual([]);
    expect(plan.notes).toMatchObject([
      { path: 'MEMORY.md', rule: 'join', kept: oidOf('theirs'), lost: null, other: beside },
    ]);
  });

  it('no stamp makes ours win, and logs are joined', () => {
    const { hub } = played({
      ...{ local: { log: '- a\n' }, hub: { log: '- b\n' }, strategy: 'append', joining: true },
    });
    expect(hub['log']?.split('\n').sort()).toEqual(['', '- a', '- b']);
  });
});

describe('a starter file', () => {
  const starters = ['starter', 'starter 2'];

  it.each([false, true])('gives way on either side, without a word (first meeting: %s)', (joining) => {
    for (const strategy of ['replace', 'append', 'append-date'] as const) {
      const scene = { starters, joining, strategy };
      const sides = [
        { local: { f: 'starter' }, hub: { f: 'written' } },
        { local: { f: 'written' }, hub: { f: 'starter' } },
        { base: { f: 'before' }, local: { f: 'starter' }, hub: { f: 'written' } },
        { base: { f: 'written' }, local: { f: 'starter' }, hub: { f: 'written' } },
      ];
      for (const each of sides) {
        const { local, hub, told, lost } = played({ ...scene, ...each });
        expect([local, hub, told, lost]).toEqual([{ f: 'written' }, { f: 'written' }, [], []]);
      }
    }
  });

  it('of two the one of the hub stays', () => {
    expect(played({ starters, local: { f: 'starter' }, hub: { f: 'starter 2' } })).toMatchObject({
      ...{ local: { f: 'starter 2' }, told: [] },
    });
  });

  it('may be changed, deleted and published like any other', () => {
    expect(played({ starters, local: { f: 'starter' } }).hub).toEqual({ f: 'starter' });
    expect(played({ starters, base: { f: 'starter' }, hub: { f: 'starter' } }).hub).toEqual({});
  });
});

describe('what is held', () => {
  it('covers itself and all below it, and nothing that only begins like it', () => {
    const held = new Set(['a/b']);
    expect(
      ['a/b', 'a/b/c', 'a/b/c/d', 'a', 'a/bc', 'a/b.md', 'x/a/b'].map((path) => isHeld(held, path)),
    ).toEqual([true, true, true, false, false, false, false]);
    expect(isHeld(new Set(), 'a')).toBe(false);
  });

  it('takes no part: neither conflicts nor deletions, while all else goes on', () => {
    const scene = {
      base: { 'dir/a': '1', 'dir/b': '1', c: '1' },
      local: { 'dir/b': '2', c: '2' },
      hub: { 'dir/a': '1', 'dir/b': '3', c: '1' },
    };
    expect(conflictsOf(inputOf(scene))).toEqual(['dir/b']);
    const held = { ...scene, held: ['dir'] };
    expect(conflictsOf(inputOf(held))).toEqual([]);
    expect([...played(held).plan.publish.keys(), ...played(held).plan.apply.keys()]).toEqual(['c']);
  });
});
