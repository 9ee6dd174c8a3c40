// Deletions of very many files, and files that shrink to almost nothing, are a question and not an order: an unmounted disk, a
// torn write, a mistyped command. They wait for a person, in both directions; all else goes on (SYNC.md, step 9).
import { isMassDelete } from '../mass-delete.js';
import type { Hold, Strategy, Tree } from './model.js';
import type { Plan, Trees, Wanted } from './reconcile.js';

export interface GuardInput extends Trees {
  readonly strategyOf: (path: string) => Strategy;
  /** The include glob that shares a path. */
  readonly globOf: (path: string) => string | null;
  /** Tokens that a person approved. */
  readonly approved: ReadonlySet<string>;
  readonly digest: (text: string) => string;
}

export interface Question {
  readonly token: string;
  readonly kind: 'mass_delete' | 'shrunk';
  readonly direction: 'outgoing' | 'incoming';
  readonly paths: readonly string[];
}

export interface Guarded {
  /** The plan without what waits. */
  readonly plan: Plan;
  readonly questions: readonly Question[];
  /** Approved tokens that this plan uses up. */
  readonly used: readonly string[];
}

/** A file this small may become empty without a question, bytes. */
const SMALL = 64;

/** True when a file of `before` bytes lost so much that a person is asked: empty, or below a fifth. */
export function isDrasticShrink(before: number, after: number): boolean {
  return before > SMALL && after < before / 5;
}

/** Takes out of a plan what waits for a person. */
export function guard(plan: Plan, input: GuardInput): Guarded {
  const questions: Question[] = [];
  const used: string[] = [];
  const waiting = new Map<string, Hold>();
  for (const direction of ['outgoing', 'incoming'] as const) {
    const changes = direction === 'outgoing' ? plan.publish : plan.apply;
    const other = direction === 'outgoing' ? plan.apply : plan.publish;
    for (const [kind, paths] of [
      ['mass_delete', massDeleted(changes, input)],
      ['shrunk', shrunk(changes, other, input)],
    ] as const) {
      if (paths.length === 0) continue;
      const named = [kind, direction, ...paths.map((path) => `${path}\0${changes.get(path)?.oid ?? ''}`)];
      const token = `${kind === 'shrunk' ? 'shrink' : 'delete'}-${input.digest(named.join('\n')).slice(0, 12)}`;
      if (input.approved.has(token)) used.push(token);
      else {
        questions.push({ token, kind, direction, paths });
        const detail = `waits for: nxs sync approve ${token}`;
        for (const path of paths) waiting.set(path, { path, reason: kind, detail });
      }
    }
  }
  const without = (changes: ReadonlyMap<string, Wanted>) =>
    new Map([...changes].filter(([path]) => !waiting.has(path)));
  const holds = [...plan.holds, ...waiting.values()];
  return {
    plan: { ...plan, publish: without(plan.publish), apply: without(plan.apply), holds },
    questions,
    used,
  };
}

function massDeleted(changes: ReadonlyMap<string, Wanted>, { base, globOf }: GuardInput): readonly string[] {
  // What moves to another name in the same plan is no deletion.
  const arriving = new Set([...changes.values()].flatMap((wanted) => (wanted === null ? [] : [wanted.oid])));
  const deleted = [...changes].flatMap(([path, wanted]) => {
    const before = base.get(path);
    return wanted === null && before !== undefined && !arriving.has(before.oid) ? [path] : [];
  });
  if (isMassDelete(base.size, deleted.length)) return deleted;
  return deleted.filter((path) => isWholeGlob(globOf(path), deleted, base, globOf));
}

/** All of the several files that one glob shares. */
function isWholeGlob(
  glob: string | null,
  deleted: readonly string[],
  base: Tree,
  globOf: (path: string) => string | null,
): boolean {
  const of = (paths: Iterable<string>) => [...paths].filter((path) => globOf(path) === glob).length;
  const before = of(base.keys());
  return before > 1 && of(deleted) >= before;
}

function shrunk(
  changes: ReadonlyMap<string, Wanted>,
  other: ReadonlyMap<string, Wanted>,
  { base, strategyOf }: GuardInput,
): readonly string[] {
  return [...changes].flatMap(([path, wanted]) => {
    const before = base.get(path);
    // What is made of both sides was decided by its own rule.
    if (wanted === null || before === undefined || other.has(path)) return [];
    return strategyOf(path) !== 'append-date' && isDrasticShrink(before.size, wanted.size) ? [path] : [];
  });
}
