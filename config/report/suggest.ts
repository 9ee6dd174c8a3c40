// "Did you mean?": silence is better than a wild guess.
import { distance } from 'fastest-levenshtein';

/** The known word nearest to a mistyped one; null when none is near enough (a third of its length, at least 2). */
export function nearest(word: string, known: readonly string[]): string | null {
  if (word.length > 60) return null;
  const plain = simplify(word);
  let best: string | null = null;
  let least = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const steps = distance(plain, simplify(candidate));
    if (steps < least && steps < candidate.length) {
      best = candidate;
      least = steps;
    }
  }
  return best;
}

/** apiKey, api-key and API_KEY are one step from api_key in a person's mind, not five. */
function simplify(word: string): string {
  return word
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[-\s]/g, '_');
}

/** `; did you mean "model"?`, or nothing. */
export function didYouMean(word: string, known: readonly string[]): string {
  const best = nearest(word, known);
  return best === null ? '' : `; did you mean "${best}"?`;
}
