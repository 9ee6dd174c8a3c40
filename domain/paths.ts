// A path that comes from a config, a manifest or a remote tree is hostile until it passed here: it becomes a file name on
// somebody's machine. One rule set for targets, restores and, later, sync (SYNC.md, step 8).

/** Longest name of one component in bytes; what ext4, APFS and NTFS share. */
const MAX_COMPONENT_BYTES = 255;

/** Names that git or we own, in any case, in the forms that case-folding file systems take for them. */
const RESERVED = /^(\.git|git~[0-9]+|\.nxs|\.nxs-.*)$/i;

/** Code points that HFS+ ignores, with which `.g\u200cit` passes for `.git`. */
const HFS_IGNORED = /[\u200b-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g;

/** Length in UTF-8 bytes, without TextEncoder (the sandbox has none). */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    bytes += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/**
 * Why a relative '/'-separated path must not be written, in one phrase; null when it may.
 * Refuses the empty path, absolute ones, `.`, `..`, `.git` and its disguises, our own `.nxs*`, backslashes,
 * control characters, lone surrogates and components over 255 bytes.
 */
export function unsafePath(path: string): string | null {
  if (path === '') return 'it is empty';
  if (path.startsWith('/')) return 'it is absolute';
  if (/^[A-Za-z]:[\\/]/.test(path)) return 'it is absolute (a drive letter)';
  if (path.includes('\\')) return 'it has a backslash';
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'it has a control character';
  if (/\p{Surrogate}/u.test(path)) return 'it is not valid Unicode';
  for (const part of path.split('/')) {
    if (part === '') return 'it has an empty component';
    if (part === '.' || part === '..') return `it has a "${part}" component`;
    if (RESERVED.test(part.replace(HFS_IGNORED, ''))) return `"${part}" is a reserved name`;
    if (utf8Length(part) > MAX_COMPONENT_BYTES) return 'a component is longer than 255 bytes';
  }
  return null;
}

/** Byte order of two paths, the order of git's index and of our manifests. Locale-free. */
export function comparePaths(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rank(x) - rank(y);
  }
  return a.length - b.length;
}

// UTF-16 sorts surrogates (astral planes) below U+E000..U+FFFF, UTF-8 bytes above.
function rank(unit: number): number {
  if (unit >= 0xe000) return unit - 0x800;
  if (unit >= 0xd800) return unit + 0x2000;
  return unit;
}

/**
 * The form in which file systems compare that fold case and accents (NTFS, APFS): NFC, and up and down again, which also
 * folds what has no lower case of its own (`ſ`). For comparing, never for writing.
 */
export function foldPath(path: string): string {
  // Most names are plain, and need no tables of Unicode.
  if (isAscii(path)) return path.toLowerCase();
  return path.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** True for a text without anything beyond ASCII: it has one form only, and one byte a character. */
export function isAscii(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- everything beyond ASCII is what is looked for
  return /^[\u0000-\u007f]*$/.test(text);
}
