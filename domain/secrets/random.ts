// Tokens come out of a random generator and words do not. Entropy alone cannot tell them apart at this length (English has
// 3.5 bits a letter, 32 hex digits have 3.7); how often letters, capitals and digits take turns can.

/** Between parts of a token and between words alike; they say nothing. */
const SEPARATORS = /[-_.+/=~:]/g;

export interface Randomness {
  /** Least number of characters besides separators. */
  readonly length: number;
  /** Least Shannon entropy, bits a character. */
  readonly bits: number;
}

/** True when a value looks drawn rather than written. */
export function looksRandom(value: string, { length, bits }: Randomness): boolean {
  const core = value.replace(SEPARATORS, '');
  if (core.length < length || !/[0-9]/.test(core) || !/[A-Za-z]/.test(core)) return false;
  const turns = turnsOf(core);
  return turns >= 4 && turns >= core.length * 0.12 && entropy(core) >= bits;
}

/** Different characters in a text: `xxxx…` and `0000…` are placeholders. */
export function variety(text: string): number {
  return new Set(text).size;
}

/** How often the kind of character changes from one to the next. */
function turnsOf(text: string): number {
  let turns = 0;
  for (let at = 1; at < text.length; at += 1) {
    if (kindOf(text.charCodeAt(at)) !== kindOf(text.charCodeAt(at - 1))) turns += 1;
  }
  return turns;
}

function kindOf(code: number): number {
  if (code >= 0x30 && code <= 0x39) return 0;
  if (code >= 0x41 && code <= 0x5a) return 1;
  if (code >= 0x61 && code <= 0x7a) return 2;
  return 3;
}

function entropy(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
