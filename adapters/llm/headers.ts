// undici hands headers over as a flat list of buffers; almost every answer needs only one of them.
import type { HeaderValues } from '../../domain/failover/retry-after.js';

/** A header's value, '' when it did not come. `name` in lower case. */
export function headerOf(headers: readonly Buffer[], name: string): string {
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at];
    if (key?.length === name.length && key.toString('latin1').toLowerCase() === name)
      return headers[at + 1]?.toString('latin1') ?? '';
  }
  return '';
}

/** All headers by lower-case name; of repeated ones the last. */
export function headerValues(headers: readonly Buffer[]): HeaderValues {
  const values: Record<string, string> = {};
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const name = headers[at]?.toString('latin1').toLowerCase() ?? '';
    values[name] = headers[at + 1]?.toString('latin1') ?? '';
  }
  return values;
}
