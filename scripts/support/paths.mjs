import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

/** The package root, also when the working directory is elsewhere. */
export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const DIST = join(ROOT, 'dist');
export const STAMP = join(DIST, '.stamp.json');

/** Folders whose TypeScript is compiled into dist/, in the same structure. */
export const SOURCE_FOLDERS = [
  'activities',
  'adapters',
  'api',
  'bench',
  'cli',
  'config',
  'dashboard',
  'domain',
  'drill',
  'gateway',
  'soak',
  'workers',
  'workflows',
];
