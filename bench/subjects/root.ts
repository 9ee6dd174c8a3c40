import path from 'node:path';
import { distDirectory } from '../../workers/dist-paths.js';

/** The package's root. */
export const ROOT = path.dirname(distDirectory());

/** A compiled file of the bench. */
export function builtBench(name: string): string {
  return path.join(distDirectory(), 'bench', name);
}
