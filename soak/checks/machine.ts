// Processes, files and times around the control planes.
import type { Problems } from '../model.js';

export interface ProcessSeen {
  readonly pid: number;
  readonly parent: number;
  /** `Z`: a zombie. */
  readonly state: string;
  readonly node: string;
  readonly role: 'supervisor' | 'worker' | 'engine' | 'other';
  readonly words: string;
}

/** Roles of which a node has one at most, and zombies. `patient`: pids that were seen so before, a while ago. */
export function processProblems(seen: readonly ProcessSeen[], patient: ReadonlySet<number>): Problems {
  const old = seen.filter(({ pid }) => patient.has(pid));
  const zombies = old
    .filter(({ state }) => state === 'Z')
    .map((each) => ({ what: 'a zombie is not reaped', evidence: wordsOf(each) }));
  const doubles = ['supervisor', 'worker', 'engine'].flatMap((role) =>
    [...new Set(old.map(({ node }) => node))].flatMap((node) => {
      const same = old.filter((each) => each.node === node && each.role === role && each.state !== 'Z');
      if (same.length < 2) return [];
      return [{ what: `two processes are the ${role} of ${node}`, evidence: same.map(wordsOf).join('; ') }];
    }),
  );
  const orphans = old
    .filter(({ role, parent, state }) => role === 'worker' && parent === 1 && state !== 'Z')
    .map((each) => ({ what: 'a worker outlived its supervisor', evidence: wordsOf(each) }));
  return [...zombies, ...doubles, ...orphans];
}

function wordsOf({ pid, parent, state, node, words }: ProcessSeen): string {
  return `process ${String(pid)} (${state}, parent ${String(parent)}) of ${node}: ${words.slice(0, 200)}`;
}

export interface FileSeen {
  readonly path: string;
  readonly changed: number;
}

const TEMPORARY = /(\.tmp|\.lock|\.partial)$|(^|\/)(tmp|index)[-_.][^/]*$/;
/** `.lock` of the journal and of the state directory stand while somebody works. */
const STANDING = /^(state\/lock|state\/journal\/\.lock)$/;

/**
 * Files that somebody made for a moment and left, by their names and ages. `killed`: how many processes were killed in the middle of
 * something; each of them may have left one.
 */
export function leftoverProblems(
  files: readonly FileSeen[],
  now: number,
  patience: number,
  killed: number,
): Problems {
  const left = files.filter(
    ({ path, changed }) => TEMPORARY.test(path) && !STANDING.test(path) && now - changed > patience,
  );
  if (left.length <= killed) return [];
  return [
    {
      what: `${String(left.length)} temporary files were left behind`,
      evidence: left
        .map(({ path, changed }) => `${path} (${String(Math.round((now - changed) / 1000))} s old)`)
        .slice(0, 12)
        .join(', '),
    },
  ];
}

/** `took`: ms until it was ready again; null: it never was. */
export function readyProblems(what: string, took: number | null, within: number): Problems {
  if (took !== null && took <= within) return [];
  const seen = took === null ? 'never' : `after ${(took / 1000).toFixed(1)} s`;
  return [
    { what: `${what} was not ready again in time`, evidence: `${seen}, bound ${String(within / 1000)} s` },
  ];
}
