// A Config is shared by every part of the process; a write to it would be a bug far from its effect.

/** Freezes a plain value all the way down and returns it. */
export function freeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const part of Object.values(value)) freeze(part);
  }
  return value;
}
