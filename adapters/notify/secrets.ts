// Whoever has a webhook's URL may post to it, so all of it is a secret, and so are its parts.
import { urlParts } from '../../domain/secrets/scrubber.js';

export { scrubber } from '../../domain/secrets/scrubber.js';

/** A URL, and the parts of it that must not be shown on their own. */
export function urlSecrets(url: string): readonly string[] {
  return URL.canParse(url)
    ? [url, new URL(url).href, ...urlParts(url), ...urlParts(new URL(url).href)]
    : [url];
}
