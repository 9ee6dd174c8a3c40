// Makes dist/: JavaScript file by file, then the workflow bundle, and the stamp last, so that a build that
// was cut short is seen as missing by the next start.
import './support/node-version.mjs';
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { compile } from './support/compile.mjs';
import { withLock } from './support/lock.mjs';
import { DIST, ROOT, STAMP } from './support/paths.mjs';
import { runMain, say } from './support/say.mjs';
import { sourceDigest, sourceFiles } from './support/stamp.mjs';

async function build() {
  const began = performance.now();
  const files = sourceFiles();
  // Before the files are read: an edit during the build makes the stamp differ, and the next start builds again.
  const sources = sourceDigest(ROOT, files);
  rmSync(STAMP, { force: true });
  const outputs = await compile(ROOT, files);
  const compiled = performance.now();
  outputs.push(...(await bundleWorkflows()));
  const temporary = `${STAMP}.${process.pid}.tmp`;
  writeFileSync(temporary, `${JSON.stringify({ sources, outputs })}\n`);
  renameSync(temporary, STAMP);
  const [compileMs, bundleMs] = [compiled - began, performance.now() - compiled].map(Math.round);
  say(`built ${outputs.length} files (${compileMs} ms) and the workflow bundle (${bundleMs} ms)`);
}

// Bundling takes seconds, so one that already fits the compiled workflows and the installed SDK is kept.
async function bundleWorkflows() {
  const bundler = join(DIST, 'workers/bundle.js');
  if (!existsSync(bundler) || !existsSync(join(DIST, 'workflows/index.js'))) return [];
  const { buildBundle, checkBundle } = await import(pathToFileURL(bundler).href);
  const fits = await checkBundle().then(
    () => true,
    () => false,
  );
  if (!fits) await buildBundle();
  return ['dist/workflows.bundle.js'];
}

// `--locked` is how bootstrap.mjs calls it: it holds the lock already.
await runMain(() => (process.argv.includes('--locked') ? build() : withLock(build)));
