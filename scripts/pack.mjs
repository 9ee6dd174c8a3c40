// `npm pack` and `npm publish` run this before (`make`) and after (`clean`): the tarball carries a whole build, the types of the
// public entry, and the exact versions of every package that it runs with.
import './support/node-version.mjs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const { runMain } = await import('./support/say.mjs');
const { bootstrap } = await import('./bootstrap.mjs');
const { ROOT } = await import('./support/paths.mjs');
const { shrinkwrapOf } = await import('./support/shrinkwrap.mjs');
const { writeDeclarations } = await import('./support/declarations.mjs');

const SHRINKWRAP = join(ROOT, 'npm-shrinkwrap.json');

await runMain(async () => {
  // npm believes this file before the lock file: it never stays.
  rmSync(SHRINKWRAP, { force: true });
  if (process.argv[2] !== 'make') return;
  await bootstrap();
  await writeDeclarations(ROOT);
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  writeFileSync(SHRINKWRAP, `${JSON.stringify(shrinkwrapOf(lock), null, 1)}\n`);
});
