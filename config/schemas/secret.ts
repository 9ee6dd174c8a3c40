// One mark for every secret field, so that redaction, masking of error reports and the docs cannot disagree.
// The mark is JSON Schema's own annotation for values that go in and never come out.
import * as z from 'zod';

/** A secret text. `writeOnly` is the mark that `isSecretSchema` looks for. */
export function secret() {
  return (
    z
      .string()
      .min(1, { error: 'expected a value; leave the key out for none' })
      // It goes into a header: a line break in it would be the end of one, and the beginning of somebody's own.
      // eslint-disable-next-line no-control-regex -- editors read it from the JSON Schema, and not all of them know \P{Cc}
      .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, {
        error: 'expected one line without control characters (was a file pasted whole?)',
      })
      .meta({ writeOnly: true })
  );
}

/** A URL that is a secret as a whole, since whoever knows it may post to it (webhooks of chat services). */
export function secretUrl() {
  return z
    .string()
    .regex(/^https?:\/\/[^\s/]+/i, { error: 'expected a URL that starts with http:// or https://' })
    .meta({ writeOnly: true });
}

/** Is this very schema (not its parts) marked as a secret? */
export function isSecretSchema(schema: z.core.$ZodType): boolean {
  return z.globalRegistry.get(schema)?.['writeOnly'] === true;
}
