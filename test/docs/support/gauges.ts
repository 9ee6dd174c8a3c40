import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names of healing's metrics, as the front has them. */
export function gaugeNames(): readonly string[] {
  const source = readFileSync(join(import.meta.dirname, '../../../workers/healing/front.ts'), 'utf8');
  return [...source.matchAll(/'(nxs_\w+)'/g)].map(([, name]) => name ?? '');
}
