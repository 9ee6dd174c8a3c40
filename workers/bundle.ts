import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { atomicWrite } from '../adapters/files/atomic-write.js';
import { NxsError } from '../domain/errors.js';
import { codeDigest, inputsDigest, PRELOADED } from './bundle-digest.js';
import { withRelativeSources } from './bundle-map.js';
import { bundlePath, bundleStampPath, distDirectory } from './dist-paths.js';

// Bundling takes 3 to 8 s, so it is done once, at build time. The price is that a worker could run old
// workflow code beside new activities; that is why a bundle that does not match dist/ is refused.

/** Bytes of code, without the source map. A library that slips into the sandbox shows here before it shows as a slow start. */
export const BUNDLE_BUDGET = 1_500_000;

/**
 * Bundles `dist/workflows/index.js` into `dist/workflows.bundle.js`, and its digests beside it. Nothing is
 * ignored: an import of Node from workflow code fails the build. Returns the bytes of code,
 * without the inline source map.
 */
export async function buildBundle(dist: string = distDirectory()): Promise<number> {
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker');
  const inputs = await inputsDigest(dist);
  const bundled = await bundleWorkflowCode({
    workflowsPath: join(dist, 'workflows', 'index.js'),
    preloadModules: PRELOADED,
    failureConverterPath: join(dist, 'workflows', 'failure-converter.js'),
    logger: new DefaultLogger('WARN'),
  });
  const code = withRelativeSources(bundled.code, dirname(dist));
  const map = code.lastIndexOf('//# sourceMappingURL=');
  const size = Buffer.byteLength(map < 0 ? code : code.slice(0, map));
  if (size > BUNDLE_BUDGET)
    throw new NxsError(
      'USAGE',
      `The workflow bundle has ${size} bytes, more than the ${BUNDLE_BUDGET} allowed.`,
    );
  const mode = 0o644;
  await atomicWrite(bundlePath(dist), code, { mode });
  await atomicWrite(bundleStampPath(dist), `${inputs}  inputs\n${codeDigest(code)}  bundle\n`, { mode });
  return size;
}

/**
 * Path of the bundle, when it is whole and made from the workflows in dist/ with the installed SDK. Throws
 * NxsError BUNDLE_STALE otherwise.
 */
export async function checkBundle(dist: string = distDirectory()): Promise<string> {
  const path = bundlePath(dist);
  const [code, stamp] = await Promise.all([read(path), read(bundleStampPath(dist))]);
  if (code === null || stamp === null) throw stale(path, 'is missing');
  const [inputs, bundle] = stamp.split('\n').map((line) => line.split(' ')[0]);
  if (bundle !== codeDigest(code)) throw stale(path, 'is not what the build wrote');
  if (inputs !== (await inputsDigest(dist)))
    throw stale(path, 'was made from other workflows or another SDK');
  return path;
}

/** Set before the bundle's code, where workflows/failure-converter.ts finds it. On the first line, so that source maps stay right. */
const ENCODED = 'globalThis.nxsEncodesFailures = true;';

/** What a worker gets of the bundle at `path`. `encoded`: messages and stack traces of failures leave workflow code as payloads. */
export async function workflowBundle(
  path: string,
  encoded: boolean,
): Promise<{ readonly codePath: string } | { readonly code: string }> {
  return encoded ? { code: ENCODED + (await readFile(path, 'utf8')) } : { codePath: path };
}

/** First digits of the digest of the bundle that lies in dist/ now; empty when there is none. */
export async function installedBuild(dist: string = distDirectory()): Promise<string> {
  const stamp = await read(bundleStampPath(dist));
  return (stamp?.split('\n')[1] ?? '').slice(0, 12);
}

async function read(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}

function stale(path: string, what: string): NxsError {
  return new NxsError('BUNDLE_STALE', `The workflow bundle ${path} ${what}.`, {
    path,
  });
}
