// One closed table of everything that can go wrong on purpose. docs/errors.md is held in step with it by a test.

/** permanent: the same call fails again; transient: worth a retry; rate-limited: retry after a wait; cancelled: someone asked for it. */
export type ErrorKind = 'permanent' | 'transient' | 'rate-limited' | 'cancelled';

export interface ErrorRule {
  readonly kind: ErrorKind;
  /** Process exit code of `nxs` (the contract's table: 1 bad, 2 usage or config, 3 Temporal away, 4 inconclusive). */
  readonly exit: 1 | 2 | 3 | 4;
  /** HTTP status when the front answers with this error. */
  readonly http: number;
  /** What the person can do about it, one sentence. */
  readonly hint: string;
}

export const ERRORS = {
  ACTIVITY_FAILED: {
    kind: 'transient',
    exit: 4,
    http: 500,
    hint: 'Look at the run in the Temporal web UI and at the worker log in the state directory, then run it again.',
  },
  ALREADY_RUNNING: {
    kind: 'permanent',
    exit: 2,
    http: 409,
    hint: 'Stop the other control plane first, or give this one its own NXS_STATE_DIR.',
  },
  BACKUP_HELD: {
    kind: 'permanent',
    exit: 1,
    http: 409,
    hint: 'If the files are gone on purpose, run the `nxs backup run --confirm TOKEN` that is printed; else bring them back.',
  },
  BACKUP_NOT_GREEN: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'Run `nxs backup status` to see every entry that is not proved and why.',
  },
  BUNDLE_STALE: {
    kind: 'permanent',
    exit: 2,
    http: 500,
    hint: 'In a clone run `npm run build`, else install the package again; then start again.',
  },
  CANCELLED: { kind: 'cancelled', exit: 4, http: 499, hint: 'Run it again when it suits.' },
  CONFIG_INVALID: {
    kind: 'permanent',
    exit: 2,
    http: 500,
    hint: 'Mend the lines named above; `nxs config check` says when all is well.',
  },
  DATA_DIR_MISSING: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'Mount or create the data directory, or set NXS_DATA_DIR or data_dir in nxs.yaml.',
  },
  DESTINATION_CONFLICT: {
    kind: 'transient',
    exit: 4,
    http: 409,
    hint: 'Another writer moved the branch; the run is repeated on the new head by itself.',
  },
  DESTINATION_DENIED: {
    kind: 'permanent',
    exit: 1,
    http: 502,
    hint: 'Give the destination a token that may read and write the contents of that repository (docs/backup.md says how to make one), or mend its owner and repo in backup-manifest.yaml.',
  },
  DESTINATION_FOREIGN: {
    kind: 'permanent',
    exit: 1,
    http: 409,
    hint: 'Give this destination a path or a `prefix` of its own in backup-manifest.yaml, so that what lies there stays untouched.',
  },
  DESTINATION_UNREACHABLE: {
    kind: 'transient',
    exit: 4,
    http: 502,
    hint: 'Check the network, the proxy and `base_url`; the next run goes on where this one stopped.',
  },
  DESTINATION_UNREADABLE: {
    kind: 'permanent',
    exit: 1,
    http: 502,
    hint: 'Run `nxs backup run`: it heals what it can from the source and says what it cannot.',
  },
  DESTINATION_UNWRITABLE: {
    kind: 'transient',
    exit: 1,
    http: 502,
    hint: 'Check the space and the permissions of the destination named above.',
  },
  DRILL_INCONCLUSIVE: {
    kind: 'transient',
    exit: 4,
    http: 503,
    hint: 'Mend what is named above (space, network) and run `nxs backup drill` again; nothing is known to be wrong.',
  },
  DRILL_NOT_GREEN: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'Run `nxs backup run`, which reads the named files again and heals them, then `nxs backup drill`.',
  },
  ENGINE_DATABASE: {
    kind: 'permanent',
    exit: 3,
    http: 503,
    hint: 'The database belongs to another version of Temporal: use the one named above, or go back with `nxs temporal-db restore`; docs/upgrades.md has both ways.',
  },
  ENGINE_UNAVAILABLE: {
    kind: 'permanent',
    exit: 3,
    http: 503,
    hint: 'Put the `temporal` CLI on PATH, or name it in NXS_TEMPORAL_CLI.',
  },
  HUB_DAMAGED: {
    kind: 'permanent',
    exit: 1,
    http: 502,
    hint: 'Run `git fsck` in the repository named above; our own copy (`sync/repo.git` in the state directory) may be moved away, the next cycle makes it anew.',
  },
  HUB_DENIED: {
    kind: 'permanent',
    exit: 1,
    http: 502,
    hint: 'Mend the access to the hub (`sync.ssh_key`, `sync.token`, `sync.known_hosts` in nxs.yaml); changes wait here until then.',
  },
  HUB_UNREACHABLE: {
    kind: 'transient',
    exit: 4,
    http: 502,
    hint: 'Nothing is lost: changes wait here and go out when the hub answers; check the network and `sync.remote` in nxs.yaml.',
  },
  JOURNAL_BROKEN: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'Keep the journal file aside; new events go on in the same chain after the break.',
  },
  LOCKED: {
    kind: 'transient',
    exit: 4,
    http: 409,
    hint: 'Another run holds it; wait for that one to end.',
  },
  NODE_TAKEN: {
    kind: 'permanent',
    exit: 2,
    http: 409,
    hint: 'Give this machine a node name of its own (`node` in nxs.yaml, or `nxs up --node NAME`), or stop the other one; `nxs fleet` shows who is there.',
  },
  NOTHING_TO_RESTORE: {
    kind: 'permanent',
    exit: 1,
    http: 404,
    hint: 'Look at `nxs backup list` for what a destination holds, and check the path or revision.',
  },
  NO_PROVIDER_ANSWERED: {
    kind: 'transient',
    exit: 1,
    http: 503,
    hint: 'Run `nxs provider list` to see who is out and until when, and `nxs provider verify` to try each one.',
  },
  PAYLOAD_UNREADABLE: {
    kind: 'permanent',
    exit: 1,
    http: 422,
    hint: 'Put the key that is named above (back) into temporal.encryption.keys in nxs.yaml, after the first one, and start again: what waits for it goes on by itself. docs/encryption.md has the cases.',
  },
  RATE_LIMITED: {
    kind: 'rate-limited',
    exit: 4,
    http: 503,
    hint: 'Nothing to do: the run waits until then and goes on; `nxs backup status` shows the wait.',
  },
  RESTORE_NOT_VERIFIED: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'The files named above were not written; try another destination or an older revision with --at.',
  },
  SERVICE_FAILED: {
    kind: 'permanent',
    exit: 1,
    http: 500,
    hint: 'Read what the service manager says (`nxs service status`, `journalctl -u nxs`); docs/service.md lists what it can be.',
  },
  SERVICE_UNAVAILABLE: {
    kind: 'permanent',
    exit: 2,
    http: 500,
    hint: 'See what would be written by `nxs service install --print`; docs/service.md says how to start `nxs up` without it.',
  },
  STATE_UNREADABLE: {
    kind: 'permanent',
    exit: 2,
    http: 500,
    hint: 'Check the owner and mode of the state directory (it is 0700 and yours).',
  },
  SYNC_WAITS: {
    kind: 'permanent',
    exit: 1,
    http: 409,
    hint: 'Run `nxs sync status`: it says what waits for a person, and by which command it goes on.',
  },
  TEMPORAL_UNREACHABLE: {
    kind: 'transient',
    exit: 3,
    http: 503,
    hint: 'Start the control plane with `npm start` (or `nxs up`), or check temporal.address in nxs.yaml.',
  },
  USAGE: { kind: 'permanent', exit: 2, http: 400, hint: 'See `nxs help`.' },
} as const satisfies Readonly<Record<string, ErrorRule>>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An expected failure. `message` is one sentence: what, where, and why; it never carries a secret.
 * `details` is small JSON (paths, counts, ids) that travels through Temporal as failure details.
 */
export class NxsError extends Error {
  override readonly name = 'NxsError';
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
    cause?: unknown,
  ) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
    this.details = details;
  }
}

/** The table row of any thrown thing; what is not ours counts as ACTIVITY_FAILED. */
export function errorCode(error: unknown): ErrorCode {
  return error instanceof NxsError ? error.code : 'ACTIVITY_FAILED';
}

/** One line for a person, whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (error instanceof Error) return error.message || error.name;
  try {
    return String(error);
  } catch {
    // An object without a prototype, as parsers make them, has no text.
    return 'something that has no text was thrown';
  }
}

/** The errno name (`ENOENT`, `ENOSPC`, …) of a system error, or null. Structural, so that it runs in the sandbox. */
export function errnoOf(error: unknown): string | null {
  if (typeof error !== 'object' || error === null || !('code' in error)) return null;
  return typeof error.code === 'string' && /^E[A-Z0-9]+$/.test(error.code) ? error.code : null;
}
