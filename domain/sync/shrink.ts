// A file that is replaced as a whole and all at once is nearly nothing was more likely cut off by a crash or a full disk than
// meant (DESIGN.md, "Sync"): it is held until a person says so, like a mass deletion.

/** Below this many bytes a rewrite often leaves a fifth, and little can be lost by it. */
const SMALL = 256;

/** A file that keeps this share is everyday work. */
const SHARE = 0.2;

/**
 * True when a file of `baseSize` bytes that is now `size` bytes is held for a person: it is empty and was not, or less than a
 * fifth is left of a file of at least 256 bytes.
 */
export function isDrasticShrink(baseSize: number, size: number): boolean {
  if (size === 0) return baseSize > 0;
  return baseSize >= SMALL && size < baseSize * SHARE;
}
