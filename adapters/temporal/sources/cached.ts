import { stat, unlink } from 'node:fs/promises';
import { cachedPath } from '../artifact.js';
import { checkProgram } from '../check-program.js';
import type { Source } from '../source.js';

/** What an earlier start has fetched. A cached program that does not run any more is removed, so that it is fetched anew. */
export const cached: Source = {
  name: 'cache',
  pinned: true,
  async find({ artifact, cache }) {
    const path = cachedPath(cache, artifact);
    const there = await stat(path).catch(() => null);
    if (there === null) return { kind: 'absent', reason: `nothing in ${path} yet` };
    const found = await checkProgram(path, artifact);
    if (found.kind === 'failed') await unlink(path).catch(() => undefined);
    return found;
  },
};
