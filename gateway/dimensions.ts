// Vectors of different lengths, even under one model's name, must not mix in one index: what a model gave first is what it has
// to give from then on.

export interface Dimensions {
  /** False when this answer's vectors have another length than those of this model so far. */
  readonly fits: (
    model: string,
    request: Readonly<Record<string, unknown>>,
    answer: Readonly<Record<string, unknown>>,
  ) => boolean;
}

export function openDimensions(): Dimensions {
  const known = new Map<string, number>();
  return {
    fits(model, request, answer) {
      const length = lengthOf(answer);
      if (length === null) return true;
      // A client may ask for shorter vectors of the same model.
      const asked = request['dimensions'];
      const key = `${model}/${typeof asked === 'number' ? String(asked) : ''}`;
      const before = known.get(key);
      if (before === undefined) known.set(key, length);
      return before === undefined || before === length;
    },
  };
}

/** Numbers in the first vector; base64 holds four bytes each. Null: not to be seen. */
function lengthOf(answer: Readonly<Record<string, unknown>>): number | null {
  const { data } = answer;
  const first: unknown = Array.isArray(data) ? data[0] : null;
  const vector: unknown =
    typeof first === 'object' && first !== null && 'embedding' in first ? first.embedding : null;
  if (Array.isArray(vector)) return vector.length;
  if (typeof vector !== 'string') return null;
  // At most two: by a pattern, 64 MB of them would take hours.
  const padding = vector.endsWith('==') ? 2 : vector.endsWith('=') ? 1 : 0;
  return Math.floor(((vector.length - padding) * 3) / 16);
}
