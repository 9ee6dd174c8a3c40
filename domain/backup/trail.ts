// The heads of a destination as we left them. A branch that others can reach may only grow: a head that does not descend from
// the one on record was set back by somebody, and nothing of ours is then put on top of it.
import { z } from 'zod';
import type { ForeignCommit, Lineage } from './ports.js';

export const tamperSchema = z.object({
  kind: z.enum(['rewound', 'gone', 'recreated']),
  /** The head that we recorded last before it happened; kept until a person has decided. */
  old_head: z.string(),
  /** ISO 8601, UTC. */
  since: z.string(),
  /** Branch that takes the backups meanwhile. */
  branch: z.string(),
  /** `nxs backup run --confirm TOKEN` takes the branch as it is now. */
  token: z.string(),
});
/** What was found, and what is done meanwhile. */
export type Tamper = z.infer<typeof tamperSchema>;

export const trailSchema = z.object({
  /** Commit of our last publish, on whichever branch it was. */
  head: z.string(),
  tamper: tamperSchema.nullable(),
});
export type Trail = z.infer<typeof trailSchema>;

/** True when the branch was set back, deleted or made anew. */
export function isTampered(lineage: Lineage): lineage is Extract<Lineage, { kind: Tamper['kind'] }> {
  return lineage.kind === 'rewound' || lineage.kind === 'gone' || lineage.kind === 'recreated';
}

const WORDS: Readonly<Record<Tamper['kind'], string>> = {
  rewound: 'was set back or replaced: its head does not descend from',
  gone: 'is gone; its last head was',
  recreated: 'was made anew: it does not know',
};

/** One sentence for a person: what happened, what is done, how to go on. `branch`: null where it is not known. */
export function describeTamper(where: string, branch: string | null, tamper: Tamper): string {
  const { kind, old_head: old, branch: recovery, token } = tamper;
  return (
    `TAMPERED: the branch ${branch === null ? '' : `${branch} `}of ${where} ${WORDS[kind]} ${old.slice(0, 12)}. Nothing was forced over it; ` +
    `backups go to the branch ${recovery} until a person takes it as it is: nxs backup run --confirm ${token}`
  );
}

/** Names commits of others in one sentence; null when there are none. */
export function describeForeign(commits: readonly ForeignCommit[], count: number): string | null {
  if (count === 0) return null;
  const named = commits.map(
    ({ commit, author, subject }) => `${commit.slice(0, 12)} "${subject.slice(0, 60)}" by ${author}`,
  );
  const more = count > named.length ? `, and ${count - named.length} more` : '';
  return `${count} foreign ${count === 1 ? 'commit' : 'commits'} kept in its history: ${named.join(', ')}${more}`;
}
