// Found by looking upwards, because the same file runs from the sources (tests) and from dist/.
import { existsSync } from 'node:fs';

/** Directory of our package.json, as a URL with a trailing slash. */
export function packageRoot(): URL {
  let at = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', at))) {
    const above = new URL('../', at);
    if (above.href === at.href) throw new Error('package.json was not found above the program');
    at = above;
  }
  return at;
}
