// Where the programs of the stand-ins lie once they are built.
import { join } from 'node:path';
import { distDirectory } from '../../workers/dist-paths.js';

/** The compiled file of `drill/stand-ins/<name>.ts`. */
export function standIn(name: 'llm' | 'service'): string {
  return join(distDirectory(), 'drill', 'stand-ins', `${name}.js`);
}
