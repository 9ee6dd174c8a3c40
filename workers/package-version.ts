// Found by looking upwards, because the same file runs from the sources (tests) and from dist/.
import { existsSync, readFileSync } from 'node:fs';

/** Our package.json. */
export function packageFile(): URL {
  let at = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', at))) {
    const above = new URL('../', at);
    if (above.href === at.href) throw new Error('package.json was not found above the program');
    at = above;
  }
  return new URL('package.json', at);
}

/** The version in our package.json. */
export function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(packageFile(), 'utf8')) as { version: string };
  return version;
}
