// What holds for whole trees, whatever is in them: both sides end equal, nothing is lost without being named, a plan that was
// cut off at any point ends the same, and one that is done is quiet.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldPath } from '../../../domain/paths.js';
import type { Tree } from '../../../domain/sync/model.js';
import { bytesNeeded, conflictsOf, isHeld, reconcile, wantedTree } from '../../../domain/sync/reconcile.js';
import { inputOf, oidOf, played, treeOf, type Scene, type Texts } from './support/cast.js';

const PATHS = ['a', 'A', 'a/x.md', 'A/x.md', 'a/X.md', 'b.md', 'B.md', 'c/d/e.md', 'c/d', 'c.yaml', 'log'];
const CONTENTS = ['- 1\n', '- 1\n- 2\n', '- 1\n- 3\n', '!- 1\n', 'a: [', '{}\n'];

const texts: fc.Arbitrary<Texts> = fc.dictionary(fc.constantFrom(...PATHS), fc.constantFrom(...CONTENTS));
/** A tree as git, and a directory of a case-sensitive file system, can hold it. */
const real = texts.map((all): Texts =>
  Object.fromEntries(
    Object.entries(all).filter(([path]) => !Object.keys(all).some((each) => path.startsWith(`${each}/`))),
  ),
);
const scene: fc.Arbitrary<Scene> = fc.record({
  ...{ base: texts, local: real, hub: real },
  strategy: fc.constantFrom('replace', 'append', 'append-date'),
  localLater: fc.boolean(),
});
const meeting: fc.Arbitrary<Scene> = fc
  .record({ local: real, hub: real, strategy: fc.constantFrom('replace', 'append', 'append-date') })
  .map((each) => ({ ...each, joining: true }));

const reversed = (tree: Tree): Tree => new Map([...tree].reverse());

/** Paths that wait for a person take no part in the laws. */
function without(all: Texts, holds: readonly { readonly path: string }[]): Texts {
  const held = new Set(holds.map(({ path }) => path));
  return Object.fromEntries(Object.entries(all).filter(([path]) => !isHeld(held, path)));
}

describe('a plan for whole trees', () => {
  it('leaves both sides equal, as wantedTree() says', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const { plan, local, hub } = played(each);
        expect(without(local, plan.holds)).toEqual(without(hub, plan.holds));
        expect([...wantedTree(inputOf(each), plan).keys()].sort()).toEqual(
          Object.keys(without(local, plan.holds)).sort(),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('leaves no names that meet', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const { plan, local } = played(each);
        const names = Object.keys(without(local, plan.holds)).map(foldPath);
        expect(new Set(names).size).toBe(names.length);
        for (const name of names) expect(names.filter((other) => other.startsWith(`${name}/`))).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });

  it('loses no content that was new on a side, unless it names the loser or a log has taken it up', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const { plan, local, hub } = played(each);
        const left = new Set([...Object.values(local), ...Object.values(hub)].map(plainText));
        const named = new Set(plan.losers.map(({ version }) => version.oid));
        for (const side of [each.local, each.hub]) {
          for (const [path, text] of Object.entries(side ?? {})) {
            if (each.base?.[path] !== undefined && plainText(each.base[path]) === plainText(text)) continue;
            const entries = plainText(text).split('\n');
            const logged = [...left].some((one) => entries.every((line) => one.split('\n').includes(line)));
            const found = left.has(plainText(text)) || named.has(oidOf(plainText(text)));
            expect(found || (each.strategy === 'append' && logged), `${path} ${text}`).toBe(true);
          }
        }
      }),
      { numRuns: 400 },
    );
  });

  it('is quiet once it is done', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const first = played(each);
        fc.pre(first.plan.holds.length === 0);
        const { local } = first;
        const { plan } = played({ ...each, base: local, local, hub: local, joining: false });
        expect([plan.publish.size, plan.apply.size, plan.notes.length]).toEqual([0, 0, 0]);
      }),
      { numRuns: 300 },
    );
  });

  it('cut off after the publish and any part of what comes in, ends the same and publishes nothing more', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), fc.infiniteStream(fc.boolean()), (each, coins) => {
        const first = played(each);
        const local: Record<string, string> = { ...each.local };
        const base: Record<string, string> = { ...each.base };
        for (const path of first.plan.apply.keys()) {
          if (coins.next().value !== true) continue;
          settle(local, path, first.local[path]);
          settle(base, path, first.local[path]);
        }
        const again = played({ ...each, base, local, hub: first.hub });
        if (first.told.some((note) => /^(file-vs-directory|twins) /.test(note))) {
          // What lost and had to move as well is not met under its name any more, and may be kept once more.
          expect(again.local).toMatchObject(first.local);
          return;
        }
        expect(again.local).toEqual(first.local);
        expect(again.hub).toEqual(first.hub);
        expect([...again.plan.publish.keys()]).toEqual([]);
        const known = first.plan.notes.map(told);
        for (const note of again.plan.notes) expect(known).toContain(told(note));
      }),
      { numRuns: 400 },
    );
  });

  it('does not depend on the order in which trees list their files', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const input = inputOf(each);
        const other = reconcile({
          ...input,
          ...{ base: reversed(input.base), local: reversed(input.local), hub: reversed(input.hub) },
        });
        const plan = reconcile(input);
        expect(new Map([...other.publish].sort())).toEqual(new Map([...plan.publish].sort()));
        expect(new Map([...other.apply].sort())).toEqual(new Map([...plan.apply].sort()));
        expect(other.notes).toEqual(plan.notes);
      }),
      { numRuns: 200 },
    );
  });

  it('asks for no content that bytesNeeded() did not name', () => {
    fc.assert(
      fc.property(fc.oneof(scene, meeting), (each) => {
        const input = inputOf(each);
        const needed = bytesNeeded(input, input.strategyOf);
        const asked: string[] = [];
        reconcile({
          ...input,
          bytes: (oid) => {
            asked.push(oid);
            return input.bytes(oid);
          },
        });
        for (const oid of asked) expect(needed.has(oid)).toBe(true);
        for (const path of conflictsOf(input)) {
          expect(needed.has(input.local.get(path)?.oid ?? '')).toBe(true);
          expect(needed.has(input.hub.get(path)?.oid ?? '')).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('touches nothing that is held, nor what is below it', () => {
    fc.assert(
      fc.property(scene, fc.subarray(['a', 'c', 'c/d', 'b.md', 'log']), (each, held) => {
        const { plan } = played({ ...each, held });
        for (const path of [...plan.publish.keys(), ...plan.apply.keys()])
          expect(held.some((one) => path === one || path.startsWith(`${one}/`))).toBe(false);
        for (const { path } of plan.notes) expect(held).not.toContain(path);
      }),
      { numRuns: 200 },
    );
  });
});

describe('trees of a scene', () => {
  it('hold what the scene says', () => {
    expect(treeOf({ a: '!x' }).get('a')).toEqual({ oid: oidOf('x'), mode: '100755', size: 1 });
  });
});

function plainText(text: string): string {
  return text.replace(/^!/, '');
}

function settle(side: Record<string, string>, path: string, text: string | undefined): void {
  if (text === undefined) Reflect.deleteProperty(side, path);
  else side[path] = text;
}

function told(note: object): string {
  return JSON.stringify(note);
}
