// Whether dist/ is what the sources say. By content: a checkout, a stash or a clock that jumped makes times useless.
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT, SOURCE_FOLDERS, STAMP } from './paths.mjs';

const FORMAT = 1;

/** Files besides the sources that decide what the build makes. */
const ALSO = ['package-lock.json', 'tsconfig.json', 'scripts/build.mjs', 'scripts/support/compile.mjs'];

/** @returns {string[]} every source, relative to the root, sorted */
export function sourceFiles(root = ROOT) {
  return SOURCE_FOLDERS.flatMap((folder) => walk(root, folder)).sort();
}

/** @returns {string} SHA-256 over names and bytes of everything that the build reads */
export function sourceDigest(root = ROOT, files = sourceFiles(root)) {
  const hash = createHash('sha256').update(`format ${FORMAT}\n`);
  for (const file of [...ALSO, ...files]) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file} ${bytes.length}\n`).update(bytes);
  }
  return hash.digest('hex');
}

/** @returns {boolean} true when dist/ was made from exactly these sources and every output is still there */
export function buildInStep(root = ROOT, stampPath = STAMP) {
  const stamp = readStamp(stampPath);
  if (stamp === null || stamp.sources !== sourceDigest(root)) return false;
  return stamp.outputs.every((file) => existsSync(join(root, file)));
}

/** @returns {{ sources: string, outputs: string[] } | null} */
function readStamp(stampPath = STAMP) {
  try {
    const value = JSON.parse(readFileSync(stampPath, 'utf8'));
    return typeof value?.sources === 'string' && Array.isArray(value.outputs) ? value : null;
  } catch {
    return null;
  }
}

function walk(root, folder) {
  const path = join(root, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return walk(root, name);
    return entry.isFile() && /\.(ts|cjs)$/.test(name) && !name.endsWith('.d.ts') ? [name] : [];
  });
}
