// The local cluster runs on the compose file's own settings, so that what is proved here is what people start there.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { ROOT } from '../support/paths.mjs';

const FILE = join(ROOT, 'docker-compose.temporal.yml');

/** @returns {Record<string, { image: string, environment: Record<string, string> }>} */
function services() {
  return parse(readFileSync(FILE, 'utf8'), { merge: true }).services;
}

/** @returns {string} the tag of Temporal's server, e.g. `1.32.0` */
export function serverVersion() {
  return services().server.image.split(':')[1];
}

/**
 * What a service finds in its environment.
 * @param {'schema' | 'server' | 'namespace'} service
 * @param {Readonly<Record<string, string>>} values for `${NAME}`; a default of the file holds for the others
 */
export function environmentOf(service, values) {
  const filled = Object.entries(services()[service].environment).map(([name, text]) => [
    name,
    String(text).replace(
      /\$\{(\w+)(?::[-?]([^}]*))?\}/g,
      (_all, key, fallback) => values[key] ?? fallback ?? '',
    ),
  ]);
  return Object.fromEntries(filled);
}
