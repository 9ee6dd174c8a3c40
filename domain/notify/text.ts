// Texts of notices come from everywhere (file names, answers of servers), and go where a line break is a new header, a
// control character moves a cursor, and half a character is an error. What leaves here is safe for all of them.

/** Controls but newline and tab, and marks that turn the reading direction of what follows. */
// eslint-disable-next-line no-control-regex -- they are what it is about
const UNWANTED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

// With the u flag a pair is one character, so what is left of this class stands alone.
const HALF = /\p{Surrogate}/gu;

const CUT = '…';

/** Text of several lines without control characters and halves of characters. */
export function cleanText(text: string): string {
  return text
    .replace(/\r\n?|[\u2028\u2029]/g, '\n')
    .replace(UNWANTED, '')
    .replace(HALF, '\ufffd')
    .trim();
}

/** The same in one line: for titles, subjects, headers. */
export function oneLine(text: string): string {
  return cleanText(text).replace(/\s+/g, ' ');
}

/** At most `units` UTF-16 code units (what JavaScript, Discord and Telegram count), cut between characters. */
export function clip(text: string, units: number): string {
  if (text.length <= units) return text;
  if (units < CUT.length) return '';
  return wholeStart(text, units - CUT.length) + CUT;
}

/** At most `bytes` bytes of UTF-8 (what ntfy counts), cut between characters. */
export function clipBytes(text: string, bytes: number): string {
  if (utf8Length(text) <= bytes) return text;
  const room = bytes - utf8Length(CUT);
  if (room < 0) return '';
  let used = 0;
  let kept = '';
  for (const character of text) {
    used += utf8Length(character);
    if (used > room) break;
    kept += character;
  }
  return kept + CUT;
}

/** Bytes of a well-formed text in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

/**
 * A short name of what a notice says, to know it again. Times and counts are left out: the same trouble an hour later,
 * with one file more, is still the same trouble. Words with letters in them (ids, confirmation tokens) count.
 */
export function digestOf(title: string, text: string): string {
  const said = `${title}\n${text}`
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z?/g, '@')
    .replace(/(?<![A-Za-z0-9])\d+(?:\.\d+)*(?![A-Za-z0-9])/g, '#');
  return hash53(said).toString(16).padStart(14, '0');
}

function wholeStart(text: string, units: number): string {
  const last = text.charCodeAt(units - 1);
  const half = last >= 0xd800 && last <= 0xdbff;
  return text.slice(0, half ? units - 1 : units);
}

// cyrb53: no cryptography, nobody gains by a collision here; the domain has no Node to ask for a better one.
function hash53(text: string): number {
  let a = 0xdeadbeef;
  let b = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  return 4294967296 * (2097151 & b) + (a >>> 0);
}
