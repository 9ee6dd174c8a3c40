import { checkProgram } from '../check-program.js';
import type { Source } from '../source.js';

/** The program that the user names in the environment. */
export const named: Source = {
  name: 'environment',
  async find({ artifact, env }) {
    const path = env[artifact.variable];
    if (path === undefined || path === '')
      return { kind: 'absent', reason: `${artifact.variable} is not set` };
    const found = await checkProgram(path, artifact);
    return found.kind === 'failed' ? { ...found, reason: `${artifact.variable}: ${found.reason}` } : found;
  },
};
