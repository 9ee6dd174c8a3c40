import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { SetUpError } from './say.mjs';

/**
 * TypeScript to JavaScript, file by file and unbundled, so that a stack trace names the file that a person edits.
 * CommonJS files (the SDK loads converters by require()) are copied as they are.
 * A file whose output did not change is left alone: a running control plane may be reading it.
 * @param {string} root
 * @param {readonly string[]} sources relative to the root
 * @returns {Promise<string[]>} outputs relative to the root
 */
export async function compile(root, sources) {
  const esbuild = await import('esbuild');
  const dist = join(root, 'dist');
  const result = await esbuild
    .build({
      absWorkingDir: root,
      entryPoints: sources.filter((file) => !isCommonJs(file)),
      outbase: root,
      outdir: dist,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      sourcemap: false,
      logLevel: 'error',
      write: false,
    })
    .catch((error) => {
      throw new SetUpError(
        `the build failed: ${error.errors?.length ?? 'some'} error(s), each shown above.`,
        1,
      );
    });
  const outputs = result.outputFiles.map((file) => {
    writeChanged(file.path, file.contents);
    return relative(root, file.path);
  });
  for (const file of sources.filter(isCommonJs)) {
    writeChanged(join(dist, file), readFileSync(join(root, file)));
    outputs.push(join('dist', file));
  }
  removeStale(dist, new Set(outputs.map((file) => join(root, file))));
  return outputs.sort();
}

/** @param {string} file */
function isCommonJs(file) {
  return file.endsWith('.cjs');
}

function writeChanged(path, contents) {
  if (existsSync(path) && readFileSync(path).equals(contents)) return;
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, contents);
  renameSync(temporary, path);
}

// Only folders are searched: what lies in dist/ itself (stamp, lock, workflow bundle) has its own rules.
function removeStale(dist, wanted) {
  for (const entry of readdirSync(dist, { withFileTypes: true })) {
    if (entry.isDirectory()) sweep(join(dist, entry.name), wanted);
  }
}

function sweep(folder, wanted) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) sweep(path, wanted);
    else if (!wanted.has(path)) rmSync(path, { force: true });
  }
  if (readdirSync(folder).length === 0) rmdirSync(folder);
}
