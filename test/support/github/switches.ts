// Standing behaviours of the scripted layer. Those that are on by default are how GitHub always is and the emulator is not;
// the others are off until a test asks for them.

export interface Switches {
  /** An empty repository refuses the Git Data API with 409; a Contents PUT makes its first commit. */
  readonly emptyIs409: boolean;
  /** Contents above 1 MB come without content (`encoding: "none"`) unless asked for raw. */
  readonly contentsLimit: boolean;
  /** False: 404, as for a store without archives. */
  readonly tarball: boolean;
  /** The emulator, like git, never stores an object that it has: a rotten one stays. True: writing it again mends it. */
  readonly rewriteHeals: boolean;
  /** Recursive trees of more entries end after so many, with `truncated: true` and status 200. */
  readonly truncateTreesAt: number | null;
  /** createTree with more entries, or a larger body, is refused with 422. */
  readonly treeLimit: { readonly entries?: number; readonly bytes?: number } | null;
  /** After a branch was written, so many reads by its name still see the old head. */
  readonly staleReads: number;
  /** A blob or file whose text contains this is refused with 409, as a detected secret is. */
  readonly secretMarker: string | null;
  /** Value of `github-authentication-token-expiration`, in GitHub's form `2026-12-01 00:00:00 UTC`. */
  readonly tokenExpires: string | null;
  /** Secondary limit: more than so many writes within the window are refused. */
  readonly pace: (Refusal & { readonly writes: number; readonly windowMs: number }) | null;
  /** Primary limit: what comes before `resetAt` (epoch seconds) is refused, once `after` more requests were served. */
  readonly quota: {
    readonly resetAt: number;
    readonly after?: number;
    readonly status?: 403 | 429;
  } | null;
  /** No hourly limit: for measurements. */
  readonly unlimited: boolean;
  /** Each answer is held back so long. */
  readonly latencyMs: number;
}

/** How a secondary limit refuses. */
export interface Refusal {
  readonly status?: 403 | 429;
  /** Seconds for `retry-after`; left out: no such header. */
  readonly retryAfter?: number;
}

export const AS_GITHUB: Switches = {
  emptyIs409: true,
  contentsLimit: true,
  tarball: true,
  rewriteHeals: false,
  truncateTreesAt: null,
  treeLimit: null,
  staleReads: 0,
  secretMarker: null,
  tokenExpires: null,
  pace: null,
  quota: null,
  unlimited: false,
  latencyMs: 0,
};
