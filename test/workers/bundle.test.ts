import { cp, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { errorCode, ERRORS } from '../../domain/errors.js';
import { checkBundle } from '../../workers/bundle.js';
import { bundlePath, bundleStampPath } from '../../workers/dist-paths.js';
import { engineBuild } from '../support/engine-build.js';

let built = '';
beforeAll(async () => {
  built = (await engineBuild()).dist;
}, 60_000);

describe('checkBundle', () => {
  it('gives the path of a bundle that matches the workflows', async () => {
    const dist = await copy();
    expect(await checkBundle(dist)).toBe(bundlePath(dist));
  });

  it.each<[string, (dist: string) => Promise<void>, RegExp]>([
    ['is missing', (dist) => rm(bundlePath(dist)), /is missing/],
    ['lost its digests', (dist) => rm(bundleStampPath(dist)), /is missing/],
    ['was cut short', (dist) => truncate(bundlePath(dist), 1000), /not what the build wrote/],
    [
      'is older than a workflow',
      (dist) => writeFile(join(dist, 'workflows/index.js'), '//'),
      /other workflows/,
    ],
    ['is older than the domain', (dist) => writeFile(join(dist, 'domain/new.js'), ''), /other workflows/],
  ])('refuses a bundle that %s, and says what to run', async (_name, spoil, reason) => {
    const dist = await copy();
    await spoil(dist);
    const error = await checkBundle(dist).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'BUNDLE_STALE' });
    expect(String(error)).toMatch(reason);
    expect(ERRORS[errorCode(error)].hint).toContain('npm run build');
  });
});

async function copy(): Promise<string> {
  const dist = await mkdtemp(join(tmpdir(), 'dist-'));
  await cp(built, dist, { recursive: true });
  return dist;
}
