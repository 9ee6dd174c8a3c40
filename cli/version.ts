import { readFileSync } from 'node:fs';
import { packageRoot } from './package-root.js';

/** The version in package.json. */
export function packageVersion(): string {
  const text = readFileSync(new URL('package.json', packageRoot()), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}
