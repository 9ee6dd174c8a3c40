// Found by looking upwards, because the same file runs from the sources (tests) and from dist/.
import { existsSync, readFileSync } from 'node:fs';

/** The version in our package.json. */
export function packageVersion(): string {
  let at = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', at))) {
    const above = new URL('../', at);
    if (above.href === at.href) throw new Error('package.json was not found above the program');
    at = above;
  }
  const { version } = JSON.parse(readFileSync(new URL('package.json', at), 'utf8')) as { version: string };
  return version;
}
