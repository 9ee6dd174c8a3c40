// `node scripts/cluster-env.mjs [FILE]`: .env for docker-compose.temporal.yml, made of .env.example with a random value for each
// secret. A file that is there stays: its password is the one that the database volume knows.
import './support/node-version.mjs';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ROOT } from './support/paths.mjs';
import { runMain, say, SetUpError } from './support/say.mjs';

/** A line of the example that waits for a secret. */
const EMPTY = /^([A-Z_]+)=$/gm;

await runMain(async () => {
  const file = resolve(process.argv[2] ?? join(ROOT, '.env'));
  const example = readFileSync(join(ROOT, '.env.example'), 'utf8');
  const names = [...example.matchAll(EMPTY)].map(([, name]) => name);
  const text = example.replace(EMPTY, (_line, name) => `${name}=${randomBytes(24).toString('hex')}`);
  try {
    writeFileSync(file, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    throw error.code === 'EEXIST' ? new SetUpError(kept(file, names), 1) : new SetUpError(error.message);
  }
  say(`wrote ${file} (0600) with a random ${names.join(', ')}`);
});

function kept(file, names) {
  const text = readFileSync(file, 'utf8');
  const missing = names.filter((name) => !new RegExp(`^${name}=.`, 'm').test(text));
  const lacks = missing.length === 0 ? '' : `; it has no ${missing.join(', ')}`;
  return `${file} is there already and was left as it is${lacks}.`;
}
