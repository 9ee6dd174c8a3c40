import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';

// By content and not by time: a checkout, a copy into an image or a clock that jumped makes times useless.
const INPUT_FOLDERS = ['domain', 'workflows'];

/**
 * Modules that are evaluated once a worker, not once a workflow: zod costs more than all of a short workflow's own steps.
 * Only for what keeps no state that differs between workflows.
 */
export const PRELOADED = ['zod'];

/** SHA-256 (hex) over everything that decides what is in the bundle: both folders in dist/, the SDK's version, what is preloaded. */
export async function inputsDigest(dist: string): Promise<string> {
  const hash = createHash('sha256').update(`sdk ${sdkVersion()} ${PRELOADED.join()}\n`);
  for (const folder of INPUT_FOLDERS)
    for (const file of await scripts(dist, folder)) {
      const bytes = await readFile(join(dist, file));
      hash.update(`${file} ${bytes.length}\n`).update(bytes);
    }
  return hash.digest('hex');
}

/** SHA-256 (hex) of the bundle's own bytes. */
export function codeDigest(code: string | Uint8Array): string {
  return createHash('sha256').update(code).digest('hex');
}

async function scripts(dist: string, folder: string): Promise<string[]> {
  const entries = await readdir(join(dist, folder), { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => relativeTo(dist, entry))
    .sort();
}

// Node 20.12 renamed `path` to `parentPath`; both ends of the supported range must work.
function relativeTo(dist: string, entry: { name: string; parentPath?: string; path?: string }): string {
  return join(entry.parentPath ?? entry.path ?? '', entry.name)
    .slice(dist.length + 1)
    .replaceAll('\\', '/');
}

function sdkVersion(): string {
  const manifest = createRequire(import.meta.url)('@temporalio/workflow/package.json') as {
    readonly version: string;
  };
  return manifest.version;
}
