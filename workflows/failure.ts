// What an activity's failure means to the workflow: a sentence and the table's code, dug out of Temporal's wrappers.
import { ActivityFailure, ApplicationFailure, isCancellation } from '@temporalio/workflow';
import type { ErrorCode } from '../domain/errors.js';

/** One sentence for the record; never a stack. */
export function reasonOf(error: unknown): string {
  if (isCancellation(error)) return 'it was cancelled';
  const cause = error instanceof ActivityFailure && error.cause !== undefined ? error.cause : error;
  return cause instanceof Error ? cause.message : String(cause);
}

/** The error table's code that an activity failed with, or null. */
export function codeOf(error: unknown): string | null {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  return cause instanceof ApplicationFailure ? (cause.type ?? null) : null;
}

/** Ends a workflow as Failed, for good, with a row of the error table as its type; a stack would only show our own lines. */
export function ended(code: ErrorCode, message: string, ...details: unknown[]): ApplicationFailure {
  const failure = ApplicationFailure.create({ type: code, message, nonRetryable: true, details });
  failure.stack = '';
  return failure;
}
