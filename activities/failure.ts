// Our error table, told to Temporal: what repeating cannot mend is not repeated, and a history never holds a stack with
// paths of somebody's machine or a secret.
import { ApplicationFailure, CancelledFailure } from '@temporalio/activity';
import { ApplicationFailureCategory } from '@temporalio/common';
import { ERRORS, errnoOf, errorCode, errorMessage, NxsError } from '../domain/errors.js';

/** Turns anything thrown into a failure with the table's code as its type. `scrub` takes known secrets out. */
export function toFailure(error: unknown, scrub: (text: string) => string): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof Error && error.name === 'AbortError') return new CancelledFailure('cancelled');
  const code = errorCode(error);
  if (code === 'CANCELLED') return new CancelledFailure(scrub(errorMessage(error)));
  const errno = errnoOf(error);
  const failure = ApplicationFailure.create({
    type: code,
    message: scrub(errorMessage(error)),
    // To be told to wait is the workflow's matter, on a timer that everybody can see.
    nonRetryable:
      ERRORS[code].kind === 'permanent' || ERRORS[code].kind === 'rate-limited' || errno === 'ENOSPC',
    details: error instanceof NxsError ? [error.details] : [],
  });
  failure.stack = '';
  return failure;
}

/** A step that ends because its worker stops is not cancelled: the next worker goes on with it, at once. */
export function stoppingFailure(failure: Error): Error {
  if (!(failure instanceof CancelledFailure)) return failure;
  const stopping = ApplicationFailure.create({
    type: 'CANCELLED',
    message: 'The worker stops; the next one goes on.',
    nextRetryDelay: '100 milliseconds',
    // Nobody has to look at it.
    category: ApplicationFailureCategory.BENIGN,
  });
  stopping.stack = '';
  return stopping;
}
