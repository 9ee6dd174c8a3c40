// `approve` and `deny` as a person types them with plain `temporal workflow signal`. Anything may come, and a typo must never fail the
// workflow; but what was not understood is no decision, so nothing is guessed and nothing is cut to fit.
import { z } from 'zod';
import type { Decision } from './model.js';

/** A decision as it was sent: the signature is not checked yet, and the time is the server's to say. */
export interface ParsedDecision {
  readonly by: string;
  /** May be empty. */
  readonly reason: string;
  /** null: the request that is open. */
  readonly request: string | null;
  /** Base64 without blanks, not checked; null: none. */
  readonly signature: string | null;
}

export type DecisionMessage = { readonly value: ParsedDecision } | { readonly why: string };

/** Characters, at most. */
const LONGEST = { by: 200, reason: 2000, request: 300, signature: 2000 } as const;

// They move cursors, break lines, or turn round what follows; the last class is half a character.
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\p{Surrogate}]/gu;

// Lengths are looked at before anything else is done with a text.
const typed = z.object({
  by: z.string().max(LONGEST.by).transform(printable).pipe(z.string().min(1)),
  reason: z.string().max(LONGEST.reason).transform(printable),
  request: z.string().max(LONGEST.request).transform(printable).pipe(z.string().min(1)).nullish(),
  // Tools wrap long base64 into lines.
  signature: z
    .string()
    .max(LONGEST.signature)
    .transform((text) => text.replace(/\s+/g, ''))
    .nullish(),
});

const HINT =
  'expected {"by":"NAME","reason":"TEXT","request":"ID","signature":"BASE64"}, of which `request` and `signature` may be left out';

/** A signal's argument; `why` is one sentence for the person who typed it. */
export function parseDecision(verdict: Decision['verdict'], value: unknown): DecisionMessage {
  const parsed = safely(value);
  if (parsed?.success !== true)
    return { why: `${verdict} was not understood${wrongField(parsed?.error)}: ${HINT}.` };
  const { by, reason, request, signature } = parsed.data;
  return { value: { by, reason, request: request ?? null, signature: signature ? signature : null } };
}

/** null: even looking at it failed (a getter that throws). No message from a server is like that. */
function safely(value: unknown): ReturnType<typeof typed.safeParse> | null {
  try {
    return typed.safeParse(value);
  } catch {
    return null;
  }
}

function wrongField(error: z.ZodError | undefined): string {
  const field = error?.issues[0]?.path[0];
  switch (field) {
    case 'by':
    case 'request':
      return ` (\`${field}\` is a text of 1 to ${LONGEST[field]} characters)`;
    case 'reason':
    case 'signature':
      return ` (\`${field}\` is a text of at most ${LONGEST[field]} characters)`;
    default:
      return '';
  }
}

function printable(text: string): string {
  return text.replace(UNPRINTABLE, ' ').trim();
}
