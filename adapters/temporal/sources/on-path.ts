import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { checkProgram } from '../check-program.js';
import type { Source } from '../source.js';

/** The program that is installed on this machine. Relative PATH entries are passed over: they follow the caller. */
export const onPath: Source = {
  name: 'PATH',
  async find({ artifact, env }) {
    if (artifact.oldest === null) return { kind: 'absent', reason: 'not looked for on PATH' };
    for (const directory of (env['PATH'] ?? '').split(delimiter)) {
      if (!isAbsolute(directory)) continue;
      const path = join(directory, artifact.program);
      if (await isExecutable(path)) return checkProgram(path, artifact);
    }
    return { kind: 'absent', reason: `no \`${artifact.program}\` on PATH` };
  },
};

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
