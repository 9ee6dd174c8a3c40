// The seed's checklist as records: each check on its own, with how many it looked at and how many failed.
import { z } from 'zod';
import { isProved, type EntryResult } from './entry.js';

const count = z.number().int().nonnegative();

const checkSchema = z.object({ checked: count, failed: count });

/**
 * `exists`: the destination lists it; `hash`: its bytes, read back, have the SHA-256 of the source (now, or by a proof that
 * still stands); `size`: listed and local size are the same.
 */
export const fileChecksSchema = z.object({ exists: checkSchema, hash: checkSchema, size: checkSchema });
export type FileChecks = z.infer<typeof fileChecksSchema>;

/** The three checks of every backup, from the verdicts. An entry that never left this machine is in none of them. */
export function fileChecks(entries: readonly EntryResult[]): FileChecks {
  const there = entries.filter(({ status, side }) => side !== 'local' && status !== 'REFUSED');
  const listed = there.filter(({ status }) => status !== 'MISSING');
  const sized = listed.filter(({ remote_size: remote }) => remote !== null);
  return {
    exists: { checked: there.length, failed: there.length - listed.length },
    hash: {
      checked: there.length,
      failed: there.filter(({ status }) => !isProved(status)).length,
    },
    size: {
      checked: sized.length,
      failed: sized.filter(({ local_size: local, remote_size: remote }) => local !== remote).length,
    },
  };
}
