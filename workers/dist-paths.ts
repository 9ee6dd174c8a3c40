import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where the built product lies: the directory above this file in dist/, or dist/ beside the sources when
 * they are run as they are (tests).
 */
export function distDirectory(): string {
  const root = dirname(dirname(fileURLToPath(import.meta.url)));
  return basename(root) === 'dist' ? root : join(root, 'dist');
}

/** The prebuilt workflow bundle. */
export function bundlePath(dist: string): string {
  return join(dist, 'workflows.bundle.js');
}

/** Digests of the bundle and of what it was made from. */
export function bundleStampPath(dist: string): string {
  return join(dist, 'workflows.bundle.js.sha256');
}
