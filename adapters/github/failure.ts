// GitHub's answers as our errors. A 404 may mean "no access", a 403 four different things: each is told apart here, once.
import type { AccessState } from '../../domain/backup/ports.js';
import { errorMessage, NxsError, type ErrorCode } from '../../domain/errors.js';

/** What an error of ours knows of the reply behind it. */
export interface ReplyFacts {
  /** HTTP status; null: there was no reply. */
  readonly status: number | null;
  /** For an account in trouble: which. */
  readonly access: AccessState | null;
  /** GitHub's own message. */
  readonly said: string;
}

/** The facts in an error of this room; null for any other error. */
export function factsOf(error: unknown): ReplyFacts | null {
  if (!(error instanceof NxsError) || !('status' in error.details)) return null;
  const { status, access, said } = error.details as Partial<ReplyFacts>;
  return { status: status ?? null, access: access ?? null, said: said ?? '' };
}

/** The HTTP status behind an error, or null. */
export function statusOf(error: unknown): number | null {
  return factsOf(error)?.status ?? null;
}

/** True for "this repository has no commit yet". */
export function isEmptyRepository(error: unknown): boolean {
  const facts = factsOf(error);
  return facts?.status === 409 && /empty/i.test(facts.said);
}

interface Failed {
  /** The repository, for a person. */
  readonly where: string;
  readonly error: unknown;
  /** Texts that must not be in a message. */
  readonly scrub: (text: string) => string;
}

/** Maps whatever octokit threw. */
export function replyFailure({ where, error, scrub }: Failed): NxsError {
  if (error instanceof NxsError) return error;
  const status = statusIn(error);
  const said = scrub(saidIn(error)).slice(0, 300);
  const make = (code: ErrorCode, text: string, access: AccessState | null = null): NxsError =>
    new NxsError(code, text, { status, access, said });
  if (status === null) {
    const cause = scrub(causeOf(error));
    return make('DESTINATION_UNREACHABLE', `${where} cannot be reached: ${cause}.`, 'away');
  }
  if (status === 401) {
    return make(
      'DESTINATION_DENIED',
      `${where}: the token is refused (${said}); it was revoked, has expired, or is not whole.`,
      'denied',
    );
  }
  if (status === 403 && /archived/i.test(said)) {
    return make('DESTINATION_DENIED', `${where} is archived: it can be read, not written.`, 'archived');
  }
  if (status === 403) {
    return make(
      'DESTINATION_DENIED',
      `${where}: the token lacks a permission (${said}); it needs to read and write contents.`,
      'forbidden',
    );
  }
  if (status === 404) {
    return make(
      'DESTINATION_DENIED',
      `${where} is not there, or the token may not know of it: GitHub answers 404 to both (a new one is made by: nxs backup init).`,
      'gone',
    );
  }
  if (status === 409 && /secret|rule violation|push protection/i.test(said)) {
    return make(
      'DESTINATION_DENIED',
      `${where}: push protection found a secret in a file and refused it (${said}).`,
      'forbidden',
    );
  }
  if (status === 409) return make('DESTINATION_CONFLICT', `${where}: ${said}.`);
  if (status >= 500) {
    return make('DESTINATION_UNREACHABLE', `${where}: the server failed with ${status} (${said}).`, 'away');
  }
  return make('ACTIVITY_FAILED', `${where}: the server refused a request with ${status} (${said}).`);
}

function statusIn(error: unknown): number | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  // Octokit gives a connection that failed the status 500, without a reply.
  return 'response' in error && error.response !== undefined ? Number(error.status) : null;
}

function saidIn(error: unknown): string {
  const message = errorMessage(error);
  // Octokit appends the address of the documentation.
  return message.replace(/ - https?:\/\/\S+$/, '').replace(/\s+/g, ' ');
}

function causeOf(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; depth += 1) {
    if (at.cause === undefined) return errorMessage(at);
    at = at.cause;
  }
  return errorMessage(error);
}
