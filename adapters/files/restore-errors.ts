import { errnoOf, errorMessage, NxsError } from '../../domain/errors.js';

/** A disk that is full or closed is the restore's end, with nothing changed; the sentence says which disk. */
export function targetUnwritable(target: string, error: unknown): NxsError {
  if (error instanceof NxsError) return error;
  const code = errnoOf(error);
  const why =
    code === 'ENOSPC' || code === 'EDQUOT' ? `there is no space left (${code})` : errorMessage(error);
  return new NxsError(
    'DESTINATION_UNWRITABLE',
    `The restore cannot write in ${target}: ${why}. No file was changed.`,
    { target, errno: code },
    error,
  );
}

export function throwIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true)
    throw new NxsError('CANCELLED', 'The restore was cancelled; repeated under the same id it goes on.');
}

/** A phrase for one file: "EACCES: permission denied" without the path that Node appends. */
export function phraseOf(error: unknown): string {
  return errorMessage(error).replace(/, [a-z]+ '.*$/s, '');
}
