// Nothing is lost, and both nodes come to the same.
import type { Problem, Problems } from '../model.js';

/** Something that was written, with an id that stands in its text. */
export interface Written {
  readonly id: string;
  readonly node: string;
  readonly path: string;
  readonly at: number;
}

const ID = /soak-[a-z]+-\d{6}-[0-9a-f]{8}/g;

/** All ids in a text. */
export function idsIn(text: string): readonly string[] {
  return text.match(ID) ?? [];
}

/** What was written and is nowhere. `found`: ids in files, archives and git histories. */
export function lostContent(ledger: readonly Written[], found: ReadonlySet<string>): Problems {
  return ledger
    .filter(({ id }) => !found.has(id))
    .map(({ id, node, path, at }) => ({
      what: `${id} is lost`,
      evidence: `written on ${node} to ${path} at ${new Date(at).toISOString()}; in no file, archive or history`,
    }));
}

/** Files by path, with anything that stands for their bytes. */
export type Tree = ReadonlyMap<string, string>;

export function differences(left: Tree, right: Tree): Problems {
  const paths = [...new Set([...left.keys(), ...right.keys()])].sort();
  return paths.flatMap((path): readonly Problem[] => {
    const [a, b] = [left.get(path), right.get(path)];
    if (a === b) return [];
    const evidence = `${path}: ${a === undefined ? 'absent' : a.slice(0, 12)} on one, ${b === undefined ? 'absent' : b.slice(0, 12)} on the other`;
    return [{ what: 'the nodes have not come to the same files', evidence }];
  });
}
