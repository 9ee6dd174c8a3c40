// Secrets in plain text: which words look like one, and how known ones are scrubbed. The heuristics are the
// second line of defence; the first is that schemas mark their secret fields.

import { HIDDEN } from '../domain/secrets/scrubber.js';

export { HIDDEN } from '../domain/secrets/scrubber.js';

/** Variables whose values are secrets, whatever field they fill. */
const SECRET_VARIABLE = /TOKEN|KEY|SECRET|PASSWORD|PASS/i;

export function isSecretVariable(variable: string): boolean {
  return SECRET_VARIABLE.test(variable);
}

const PREFIX = /\b(sk|pk|rk|ghp|gho|ghs|github_pat|glpat|xox[a-z]|AKIA|AGE-SECRET-KEY|eyJ)[-_A-Za-z0-9]{6,}/;
const USERINFO = /\/\/[^/\s@]+@/;

/** Could this text be a secret, judged by its looks? Long mixed words, well-known prefixes, credentials in a URL. */
export function looksSecret(text: string): boolean {
  if (PREFIX.test(text) || USERINFO.test(text)) return true;
  return text.split(/[^A-Za-z0-9+=]+/).some((word) => {
    if (word.length >= 40) return true;
    return word.length >= 12 && /[A-Za-z]/.test(word) && (word.match(/\d/g) ?? []).length >= 2;
  });
}

/** What is a credential wherever it stands, whoever issued it: tokens with a well-known prefix, and authorization headers. */
const CREDENTIAL =
  /(?<![\w-])(?:(?:sk|pk|rk)-[\w-]{16,}|(?:gh[pousr]|github_pat|glpat|xox[a-z])[-_][\w-]{16,}|AKIA[A-Z0-9]{16}|AGE-SECRET-KEY-[A-Z0-9-]{20,}|AIza[\w-]{35}|eyJ[\w-]{10,}\.[\w-]{8,}(?:\.[\w-]*)?)/g;
const AUTHORIZATION = /\b(bearer|basic)(\s+|%20|\+)([\w+/=.~-]{8,})/gi;

/** Credentials that nobody told us of, in a text of somebody else. */
export function hideCredentials(text: string): string {
  return text.replace(CREDENTIAL, HIDDEN).replace(AUTHORIZATION, `$1$2${HIDDEN}`);
}

/** `https://user:pass@host` -> `https://***@host`; `git@host` and other schemes alike. A bare ssh user stays. */
function hideUserinfo(text: string): string {
  // The scheme is looked at last: to begin with it, each letter of a long word would be tried as the first one.
  return text.replace(/:\/\/([^/\s@]+)@/g, (whole, user: string, at: number) => {
    const scheme = /[a-z][a-z0-9+.-]*$/i.exec(text.slice(Math.max(0, at - 40), at))?.[0];
    if (scheme === undefined) return whole;
    const harmless = scheme.toLowerCase() === 'ssh' && !user.includes(':');
    return harmless ? whole : `://${HIDDEN}@`;
  });
}

/** Words that users put where a key is wanted but none is checked; scrubbing them would garble every log. */
const PLACEHOLDERS: ReadonlySet<string> = new Set([
  'lm-studio',
  'sk-no-key-required',
  'not-needed',
  'no-key-required',
]);

/** Is this value worth scrubbing from texts? Short ones and well-known placeholders would only garble them. */
export function isScrubbable(value: string, fromEnvironment: boolean): boolean {
  return value.length >= (fromEnvironment ? 4 : 8) && !PLACEHOLDERS.has(value);
}

/** Replaces every known secret (and its URL-encoded form), and credentials in URLs, by `***`. Longest first. */
export function redactText(text: string, secrets: readonly string[]): string {
  let result = text;
  for (const secret of [...secrets].sort((a, b) => b.length - a.length)) {
    if (secret === '') continue;
    result = result.replaceAll(secret, HIDDEN);
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) result = result.replaceAll(encoded, HIDDEN);
  }
  return hideUserinfo(result);
}
