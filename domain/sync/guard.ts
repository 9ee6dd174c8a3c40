// Deletions of very many files, and files that shrink to almost nothing, are a question and not an order: an unmounted disk, a
// torn write, a mistyped command. They wait for a person, in both directions; all else goes on (SYNC.md, step 9).
import { isMassDelete } from '../mass-delete.js';
import { comparePaths } from '../paths.js';
import type { Hold, Strategy, Tree } from './model.js';
import type { Plan, Trees, Wanted } from './plan.js';
import { isDrasticShrink } from './shrink.js';

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

type Kind = Question['kind'];
type Direction = Question['direction'];

/** The changes of one direction. */
interface Course {
  readonly direction: Direction;
  readonly changes: ReadonlyMap<string, Wanted>;
  /** What the side that is changed holds now. */
  readonly now: Tree;
}

/** Takes out of a plan what waits for a person. */
export function guard(plan: Plan, input: GuardInput): Guarded {
  const { publish, apply } = plan;
  const questions: Question[] = [];
  const used: string[] = [];
  const waiting = new Map<string, Hold>();
  const courses: readonly Course[] = [
    { direction: 'outgoing', changes: publish, now: input.hub },
    { direction: 'incoming', changes: apply, now: input.local },
  ];
  for (const course of courses) {
    for (const question of questionsOf(course, input)) {
      if (input.approved.has(question.token)) used.push(question.token);
      else {
        questions.push(question);
        const { kind: reason, token } = question;
        const detail = `waits for: nxs sync approve ${token}`;
        for (const path of question.paths) waiting.set(path, { path, reason, detail });
      }
    }
  }
  const without = (changes: ReadonlyMap<string, Wanted>) =>
    new Map([...changes].filter(([path]) => !waiting.has(path)));
  const holds = [...plan.holds, ...waiting.values()];
  return { plan: { ...plan, publish: without(publish), apply: without(apply), holds }, questions, used };
}

function questionsOf(course: Course, input: GuardInput): readonly Question[] {
  const asked: readonly (readonly [Kind, readonly string[]])[] = [
    ['mass_delete', massDeleted(course, input)],
    ['shrunk', shrunk(course, input)],
  ];
  return asked.flatMap(([kind, paths]) => {
    const { direction } = course;
    const token = tokenOf(kind, course, paths, input.digest);
    return paths.length === 0 ? [] : [{ token, kind, direction, paths }];
  });
}

/** Names exactly what is asked: these paths, what they are and what they would be. Anything else is another question. */
function tokenOf(
  kind: Kind,
  { direction, changes, now }: Course,
  paths: readonly string[],
  digest: (text: string) => string,
): string {
  const named = paths.map((path) => [path, now.get(path)?.oid ?? null, changes.get(path)?.oid ?? null]);
  const word = kind === 'shrunk' ? 'shrink' : 'delete';
  return `${word}-${digest(JSON.stringify([kind, direction, named])).slice(0, 12)}`;
}

function massDeleted({ changes, now }: Course, { base, globOf }: GuardInput): readonly string[] {
  const deleted = deletionsOf(changes, now);
  if (deleted.length === 0) return [];
  // With no memory of what both had, the share is of what is there.
  if (isMassDelete(base.size === 0 ? now.size : base.size, deleted.length)) return deleted;
  const [had, lost] = [countByGlob(base.keys(), globOf), countByGlob(deleted, globOf)];
  return deleted.filter((path) => {
    const glob = globOf(path);
    const before = had.get(glob) ?? 0;
    return glob !== null && before > 1 && (lost.get(glob) ?? 0) >= before;
  });
}

/** In byte order. What moves to another name in the same plan is no deletion; one arrival is the move of one file. */
function deletionsOf(changes: ReadonlyMap<string, Wanted>, now: Tree): readonly string[] {
  const arriving = new Map<string, number>();
  for (const wanted of changes.values())
    if (wanted !== null) arriving.set(wanted.oid, (arriving.get(wanted.oid) ?? 0) + 1);
  return [...changes.keys()].sort(comparePaths).filter((path) => {
    const before = now.get(path);
    if (changes.get(path) !== null || before === undefined) return false;
    const arrivals = arriving.get(before.oid) ?? 0;
    arriving.set(before.oid, arrivals - 1);
    return arrivals <= 0;
  });
}

function countByGlob(
  paths: Iterable<string>,
  globOf: (path: string) => string | null,
): ReadonlyMap<string | null, number> {
  const counts = new Map<string | null, number>();
  for (const path of paths) counts.set(globOf(path), (counts.get(globOf(path)) ?? 0) + 1);
  return counts;
}

function shrunk({ changes, now }: Course, { base, strategyOf }: GuardInput): readonly string[] {
  const paths = [...changes].flatMap(([path, wanted]) => {
    const before = base.get(path);
    // A log keeps its entries, a dated file its other version; and this side may have come to it by itself.
    if (wanted === null || before === undefined || strategyOf(path) !== 'replace') return [];
    const news = now.get(path)?.oid !== wanted.oid;
    return news && isDrasticShrink(before.size, wanted.size) ? [path] : [];
  });
  return paths.sort(comparePaths);
}
