/** unknown never counts as good (DESIGN.md, principle 6). */
type Reading = 'good' | 'bad' | 'unknown';

/** One finding of `nxs doctor`. */
export interface Check {
  readonly name: string;
  readonly reading: Reading;
  /** One sentence for a person. */
  readonly detail: string;
}
