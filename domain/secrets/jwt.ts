// Three dotted words are nothing; a first part that decodes to a JSON object with an algorithm is a signed token.

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** True when a base64url text is the header of a signed JWT (RFC 7515: JSON with `alg`, and `none` signs nothing). */
export function isJwtHeader(text: string): boolean {
  try {
    const header: unknown = JSON.parse(decode(text));
    if (typeof header !== 'object' || header === null || !('alg' in header)) return false;
    return typeof header.alg === 'string' && header.alg.toLowerCase() !== 'none';
  } catch {
    return false;
  }
}

/** Bytes as Latin-1; the sandbox has no atob, and a header is ASCII. */
function decode(text: string): string {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const char of text) {
    const value = ALPHABET.indexOf(char);
    if (value < 0) return '';
    held = (held << 6) | value;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCharCode((held >> bits) & 0xff);
    held &= (1 << bits) - 1;
  }
  return out;
}
