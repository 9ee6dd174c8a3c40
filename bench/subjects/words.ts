// Text that compresses about like prose (zlib level 6 leaves some 40 %): random bytes would make compression free of
// use and zeros would make it free of cost, and either would flatter somebody.

/** A seeded generator of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SYLLABLES = 'ba ce di fo gu ha je ki lo mu na pe ri so tu va we xi yo zu an er in or st al'.split(' ');
const VOCABULARY = 4000;

/** Sentences of a made-up language with a Zipf-like choice of words; exactly `size` bytes, all ASCII. */
export function prose(random: () => number, size: number): Buffer {
  const words = vocabulary();
  const text = Buffer.alloc(size, 0x0a);
  let at = 0;
  let inSentence = 0;
  while (at < size) {
    const word = words[Math.floor(VOCABULARY ** random()) - 1] ?? 'a';
    inSentence += 1;
    const ends = inSentence > 6 && random() < 0.15;
    at += text.write(ends ? `${word}.\n` : `${word} `, at, 'latin1');
    if (ends) inSentence = 0;
  }
  return text;
}

let made: readonly string[] | null = null;

function vocabulary(): readonly string[] {
  if (made !== null) return made;
  const random = seeded(1);
  const pick = (): string => SYLLABLES[Math.floor(random() * SYLLABLES.length)] ?? 'a';
  made = Array.from({ length: VOCABULARY }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, pick).join(''),
  );
  return made;
}
