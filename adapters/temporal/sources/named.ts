import { resolve } from 'node:path';
import { checkProgram } from '../check-program.js';
import type { Source } from '../source.js';

/** The program that the user names in the environment. */
export const named: Source = {
  name: 'environment',
  async find({ artifact, env }) {
    const given = env[artifact.variable];
    if (given === undefined || given === '')
      return { kind: 'absent', reason: `${artifact.variable} is not set` };
    const path = resolve(given);
    const found = await checkProgram(path, artifact);
    return found.kind === 'failed' ? { ...found, reason: `${artifact.variable}: ${found.reason}` } : found;
  },
};
