import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMassDelete } from '../../../domain/mass-delete.js';
import { guard, type Guarded } from '../../../domain/sync/guard.js';
import { reconcile } from '../../../domain/sync/reconcile.js';
import { inputOf, type Scene, type Texts } from './support/cast.js';
import { sha256 } from './support/logs.js';

/** `memory/…` and `tasks/…` are globs of their own; what has no directory is shared by its name. */
const globOf = (path: string): string | null => {
  if (path.startsWith('lost/')) return null;
  return path.includes('/') ? `${path.slice(0, path.indexOf('/'))}/*` : path;
};

function guarded(scene: Scene, approved: readonly string[] = []): Guarded {
  const input = inputOf(scene);
  return guard(reconcile(input), { ...input, globOf, approved: new Set(approved), digest: sha256 });
}

function files(count: number, of: string, text = (index: number) => `${of} ${index}`): Texts {
  return Object.fromEntries([...Array(count).keys()].map((index) => [`${of}${index}.md`, text(index)]));
}

const pick = (all: Texts, keep: (path: string) => boolean): Texts =>
  Object.fromEntries(Object.entries(all).filter(([path]) => keep(path)));

describe('deletions of very many files', () => {
  const base = { ...files(20, 'memory/'), 'MEMORY.md': 'm' };
  const fewer = pick(base, (path) => !/memory\/\d\./.test(path));

  it.each<['outgoing' | 'incoming', Scene]>([
    ['outgoing', { base, local: { ...fewer, new: 'n' }, hub: base }],
    ['incoming', { base, local: base, hub: { ...fewer, new: 'n' } }],
  ])('%s ones wait, and all else goes on', (direction, scene) => {
    const { plan, questions, used } = guarded(scene);
    expect(questions).toHaveLength(1);
    expect(questions[0]).toMatchObject({ direction, kind: 'mass_delete' });
    expect(questions[0]?.paths).toHaveLength(10);
    expect(used).toEqual([]);
    expect([...plan.publish.keys(), ...plan.apply.keys()]).toEqual(['new']);
    expect(plan.holds.map(({ path }) => path)).toEqual(questions[0]?.paths);
    expect(plan.holds[0]).toMatchObject({
      reason: 'mass_delete',
      detail: `waits for: nxs sync approve ${questions[0]?.token ?? ''}`,
    });
  });

  it('of both directions are two questions', () => {
    const [left, right] = [files(20, 'memory/'), files(20, 'tasks/')];
    const { questions } = guarded({ base: { ...left, ...right }, local: left, hub: right });
    expect(questions.map(({ direction }) => direction)).toEqual(['outgoing', 'incoming']);
    expect(new Set(questions.map(({ token }) => token)).size).toBe(2);
  });

  it('pass once the very set was approved, and name the token as used', () => {
    const scene = { base, local: fewer, hub: base };
    const token = guarded(scene).questions[0]?.token ?? '';
    const { plan, questions, used } = guarded(scene, [token, 'delete-another']);
    expect([questions, used]).toEqual([[], [token]]);
    expect(plan.publish.size).toBe(10);
    expect(plan.holds).toEqual([]);
  });

  it('have another token when the set, a version in it or the direction is another', () => {
    const more = pick(fewer, (path) => path !== 'memory/11.md');
    const changed = { ...base, 'memory/0.md': 'changed' };
    const tokens = [
      guarded({ base, local: fewer, hub: base }),
      guarded({ base, local: more, hub: base }),
      guarded({ base: changed, local: fewer, hub: changed }),
      guarded({ base, local: base, hub: fewer }),
    ].map(({ questions }) => questions[0]?.token);
    expect(new Set(tokens).size).toBe(4);
    expect(tokens).not.toContain(undefined);
    const again = guarded({
      base: { ...base, x: 'x' },
      local: { ...fewer, x: 'x' },
      hub: { ...base, x: 'x' },
    });
    expect(again.questions[0]?.token).toBe(tokens[0]);
  });

  it('count only where a file is really gone: moves are none, and one arrival is the move of one file', () => {
    const moved = Object.fromEntries(Object.entries(base).map(([path, text]) => [`tasks/${path}`, text]));
    expect(guarded({ base, local: moved, hub: base }).questions).toEqual([]);
    expect(guarded({ base, local: base, hub: moved }).questions).toEqual([]);
    const equal = files(20, 'memory/', () => 'the same');
    const { questions } = guarded({ base: equal, local: { 'tasks/x.md': 'the same' }, hub: equal });
    expect(questions[0]?.paths).toHaveLength(19);
  });

  it('that a lost memory brings count against what is there', () => {
    const local = files(20, 'memory/');
    const ever = Object.fromEntries(Object.entries(local).map(([path, text]) => [path, [text]]));
    const { questions, plan } = guarded({ local, hub: { new: 'n' }, ever, joining: true });
    expect(questions).toMatchObject([{ direction: 'incoming', kind: 'mass_delete' }]);
    expect([...plan.apply.keys()]).toEqual(['new']);
    const few = Object.fromEntries(Object.entries(ever).slice(0, 6));
    const most = { ...pick(local, (path) => !(path in few)), ...files(80, 'tasks/') };
    const six = { local: { ...local, ...files(80, 'tasks/') }, hub: most, ever: few, joining: true };
    expect(guarded(six).questions).toEqual([]);
    expect(guarded(six).plan.apply.size).toBe(6);
  });

  it('are questions exactly when the share says so, or a glob of several files is emptied (oracle)', () => {
    const side = fc.array(fc.boolean(), { minLength: 34, maxLength: 34 });
    const sizes = fc.tuple(fc.nat(28), fc.nat(3), fc.nat(2));
    fc.assert(
      fc.property(sizes, side, fc.boolean(), ([many, some, alone], gone, outgoing) => {
        const all = { ...files(many, 'memory/'), ...files(some, 'tasks/'), ...files(alone, 'X') };
        const paths = Object.keys(all);
        const deleted = paths.filter((_, index) => gone[index]);
        const left = pick(all, (path) => !deleted.includes(path));
        const { questions } = guarded({
          base: all,
          local: outgoing ? left : all,
          hub: outgoing ? all : left,
        });
        const emptied = ['memory/', 'tasks/'].filter((dir) => {
          const of = paths.filter((path) => path.startsWith(dir));
          return of.length > 1 && of.every((path) => deleted.includes(path));
        });
        const expected = isMassDelete(paths.length, deleted.length)
          ? deleted
          : deleted.filter((path) => emptied.some((dir) => path.startsWith(dir)));
        expect(questions.flatMap((each) => each.paths).sort()).toEqual([...expected].sort());
      }),
      { numRuns: 200 },
    );
  });
});

describe('the whole of a glob', () => {
  const rest = files(30, 'X');

  it('is a question when it had several files', () => {
    const base = { ...rest, 'memory/a.md': 'a', 'memory/b.md': 'b' };
    const { questions } = guarded({ base, local: rest, hub: base });
    expect(questions[0]?.paths).toEqual(['memory/a.md', 'memory/b.md']);
  });

  it.each<[string, Texts, Texts]>([
    ['one file', { 'memory/a.md': 'a' }, {}],
    ['a part of it', { 'memory/a.md': 'a', 'memory/b.md': 'b' }, { 'memory/a.md': 'a' }],
    ['what no glob shares any more', { 'lost/a': 'a', 'lost/b': 'b' }, {}],
  ])('%s is none', (_, had, has) => {
    expect(
      guarded({ base: { ...rest, ...had }, local: { ...rest, ...has }, hub: { ...rest, ...had } }),
    ).toMatchObject({
      questions: [],
    });
  });
});

describe('a file that shrinks to nearly nothing', () => {
  const long = 'x'.repeat(1000);
  const base = { 'MEMORY.md': long, other: 'o' };

  it.each<['outgoing' | 'incoming', Scene]>([
    ['outgoing', { base, local: { 'MEMORY.md': '', other: 'p' }, hub: base }],
    ['incoming', { base, local: base, hub: { 'MEMORY.md': 'short', other: 'p' } }],
  ])('waits (%s), and all else goes on', (direction, scene) => {
    const { plan, questions } = guarded(scene);
    expect(questions).toMatchObject([{ direction, kind: 'shrunk', paths: ['MEMORY.md'] }]);
    expect(questions[0]?.token).toMatch(/^shrink-[0-9a-f]{12}$/);
    expect([...plan.publish.keys(), ...plan.apply.keys()]).toEqual(['other']);
    expect(guarded(scene, [questions[0]?.token ?? '']).questions).toEqual([]);
  });

  it('has another token for another content', () => {
    const token = (text: string) =>
      guarded({ base, local: { ...base, 'MEMORY.md': text }, hub: base }).questions[0]?.token;
    expect(token('a')).not.toBe(token('b'));
  });

  it('is asked about once where the executable bit changed on the other side', () => {
    const scene = { base, local: { ...base, 'MEMORY.md': '' }, hub: { ...base, 'MEMORY.md': `!${long}` } };
    expect(guarded(scene).questions).toMatchObject([{ direction: 'outgoing', kind: 'shrunk' }]);
  });

  it('is no question for dated files, for logs that keep their entries, and with a fifth left', () => {
    const shrunk = { ...base, 'MEMORY.md': '' };
    expect(guarded({ base, local: shrunk, hub: base, strategy: 'append-date' }).questions).toEqual([]);
    expect(guarded({ base, local: shrunk, hub: base, strategy: 'append' }).questions).toEqual([]);
    const fifth = { ...base, 'MEMORY.md': 'y'.repeat(200) };
    expect(guarded({ base, local: fifth, hub: base }).questions).toEqual([]);
  });
});
