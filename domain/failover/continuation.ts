// Going on with an answer that broke off. The next provider was asked to continue, and does one of three things: it goes on,
// it starts over, or it starts over with other words. Joining the wrong two would sell an answer that nobody gave.

export type ContinuationStep =
  /** Nothing for the client yet. */
  | { readonly kind: 'hold' }
  | { readonly kind: 'emit'; readonly text: string }
  /** It started over and says something else: the client's text cannot be completed from this one. */
  | { readonly kind: 'differs' };

export interface Continuation {
  /** The next piece of the new provider's text. After `differs` it says so for ever. */
  feed(piece: string): ContinuationStep;
  /** Its answer is complete: what is left for the client (text may be ''), or `differs` when it ended inside the repeated part. */
  end(): Exclude<ContinuationStep, { readonly kind: 'hold' }>;
}

/** Agreement from the start over this many characters is no accident: it started over. */
const AGREES = 12;
/** A repeated seam shorter than this may be an accident. */
const LEAST_OVERLAP = 4;
/** Nobody repeats more than this to find the thread again. */
const MOST_OVERLAP = 200;

const HOLD = { kind: 'hold' } as const;
const DIFFERS = { kind: 'differs' } as const;

/**
 * `sent`: the text that the client already has. Every text that is emitted is to be appended to it as it is, and is the end
 * of what the new provider said: only its beginning is ever dropped, as a restart (all of `sent`, white space before it aside)
 * or as a seam (the end of `sent`). One that starts over in other words within the first 12 characters cannot be told from one
 * that goes on. Where the pieces are cut changes nothing.
 */
export function createContinuation(sent: string): Continuation {
  const tail = sent.slice(-MOST_OVERLAP);
  // Providers differ in the line breaks that they put before an answer; an answer of nothing else is compared as it is.
  const blank = sent.length - sent.trimStart().length;
  const lead = blank === sent.length ? 0 : blank;
  let mode: 'agreeing' | 'seam' | 'passing' | 'differs' = sent === '' ? 'passing' : 'agreeing';
  /** What came and was not yet decided on. */
  let held = '';
  /** White space at its start. */
  let skipped = 0;
  /** Characters of `held` after that which agree with the start of `sent`. */
  let agreed = 0;

  const startedOver = (): boolean => agreed >= Math.min(AGREES, (sent.length - lead) / 2);

  function agree(): ContinuationStep {
    if (agreed === 0 && blank < sent.length) skipped = held.length - held.trimStart().length;
    while (skipped + agreed < held.length && held[skipped + agreed] === sent[lead + agreed]) agreed++;
    if (lead + agreed >= sent.length) {
      mode = 'passing';
      return emitted(held.slice(skipped + agreed));
    }
    if (skipped + agreed === held.length) return HOLD;
    mode = 'seam';
    return seam(false);
  }

  function seam(ended: boolean): ContinuationStep {
    if (!ended && mayGrow(tail, held)) return HOLD;
    const repeated = overlap(tail, held);
    // A text that repeats itself agrees with its own start, too: the longer agreement is the better explanation.
    if (startedOver() && repeated <= agreed) {
      mode = 'differs';
      return DIFFERS;
    }
    mode = 'passing';
    return emitted(held.slice(repeated));
  }

  function emitted(text: string): ContinuationStep {
    held = '';
    return text === '' ? HOLD : { kind: 'emit', text };
  }

  return {
    feed(piece) {
      if (mode === 'differs') return DIFFERS;
      if (mode === 'passing') return emitted(piece);
      held += piece;
      return mode === 'agreeing' ? agree() : seam(false);
    },
    end() {
      if (mode === 'differs') return DIFFERS;
      const step: ContinuationStep = mode === 'passing' ? HOLD : seam(true);
      return step.kind === 'hold' ? { kind: 'emit', text: '' } : step;
    },
  };
}

/** `head` is the beginning of a longer piece of the tail that reaches to its end, or may still become one. */
function mayGrow(tail: string, head: string): boolean {
  const at = tail.indexOf(head);
  return at !== -1 && at + head.length < tail.length;
}

/** Length of the longest beginning of `head` that repeats the end of `tail`; 0 when it may be an accident. */
function overlap(tail: string, head: string): number {
  for (let length = Math.min(tail.length, head.length); length >= LEAST_OVERLAP; length--) {
    const repeated = head.slice(0, length);
    if (tail.endsWith(repeated) && isTelling(repeated)) return length;
  }
  return 0;
}

/** Indentation and ruled lines repeat themselves in good answers: dropping them would lose text. */
function isTelling(text: string): boolean {
  const letters = text.replace(/\s/g, '');
  return letters.length >= LEAST_OVERLAP && new Set(letters).size > 2;
}
