import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { cachedPath, machine } from './artifact.js';
import { checkProgram } from './check-program.js';
import type { Found, SourceContext } from './source.js';

/**
 * Moves a fetched program into the cache: checksum (where known), a first run, then one rename, so that two
 * starts at once or a kill in the middle never leave a half program under the final name.
 */
export async function keepProgram(fetched: string, context: SourceContext): Promise<Found> {
  const { artifact, cache } = context;
  const known = artifact.sha256[machine()];
  if (known !== undefined && known !== (await sha256(fetched)))
    return { kind: 'failed', reason: 'the checksum of the fetched program is wrong; it was thrown away' };
  const path = cachedPath(cache, artifact);
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`;
  try {
    await moveFile(fetched, temporary);
    await chmod(temporary, 0o755);
    const checked = await checkProgram(temporary, artifact);
    if (checked.kind !== 'found') return checked;
    await rename(temporary, path);
    return { ...checked, path };
  } finally {
    await rm(temporary, { force: true });
  }
}

async function moveFile(from: string, to: string): Promise<void> {
  // Scratch and cache may be on two devices, where a rename does not work.
  await rename(from, to).catch(() => copyFile(from, to));
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
