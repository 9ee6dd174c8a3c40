// Whoever has a webhook's URL may post to it, so all of it is a secret, and so are its parts: servers like to repeat the
// path that they did not find.

const HIDDEN = '***';
/** Shorter parts of a path (`api`, `bot`, `hooks`) are words, and hiding them would garble every sentence. */
const SHORTEST = 8;

/** A URL, and the parts of it that must not be shown on their own. */
export function urlSecrets(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const { href, pathname, search, username, password } = new URL(url);
  const words = [...pathname.split('/'), ...search.split(/[?&=]/), username, password];
  const long = words.filter((word) => word.length >= SHORTEST);
  return [url, href, ...(pathname.length >= SHORTEST ? [pathname] : []), ...long];
}

/** Replaces secrets, also URL-encoded and JSON-escaped ones, by `***`. */
export function scrubber(secrets: readonly string[]): (text: string) => string {
  const forms = secrets.flatMap((secret) => [
    secret,
    encoded(secret),
    decoded(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  const known = [...new Set(forms)].filter((form) => form.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => known.reduce((clean, secret) => clean.replaceAll(secret, HIDDEN), text);
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
