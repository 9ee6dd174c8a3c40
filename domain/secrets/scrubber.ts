// Known secrets out of texts. Servers, libraries and people repeat them in other forms than they were configured in.

/** What stands in place of a secret, everywhere. */
export const HIDDEN = '***';

/** Shorter forms are words or digits by chance, and hiding them would garble every sentence. */
const SHORTEST = 4;
/** Shorter parts of a URL's path (`api`, `bot`, `hooks`) are words. */
const SHORTEST_PART = 8;

/** Replaces secrets, also URL-encoded, decoded and JSON-escaped ones, by `***`. Longest first. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encoded(secret),
    decoded(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const known = [...new Set(forms)]
    .filter((form) => form.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, HIDDEN), text);
}

/** The parts of a URL that is a secret as a whole: servers like to repeat the path that they did not find. */
export function urlParts(url: string): readonly string[] {
  const [, user = '', path = '', search = ''] =
    /^[a-z][a-z0-9+.-]*:\/\/(?:([^/?#@]*)@)?[^/?#]*([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  const words = [...path.split('/'), ...search.split(/[?&=]/), ...user.split(':')];
  return [path, ...words].filter((word) => word.length >= SHORTEST_PART);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Half a character cannot be encoded. */
function encoded(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
