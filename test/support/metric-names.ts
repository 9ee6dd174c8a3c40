import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exportedName, SDK_METRICS } from '../../workers/metrics/sdk-table.js';

const ROOT = join(import.meta.dirname, '../..');

/** Names that the code gives its metrics, without a histogram's suffixes. */
export function metricNames(): ReadonlySet<string> {
  const files = ['workers', 'gateway'].flatMap((dir) =>
    readdirSync(join(ROOT, dir), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(ROOT, dir, name), 'utf8')),
  );
  return new Set([
    ...files.flatMap((text) => [...text.matchAll(/['`](nxs_[a-z0-9_]+)/g)].map(([, name]) => name ?? '')),
    ...Object.entries(SDK_METRICS).map(([name, metric]) => exportedName(name, metric)),
  ]);
}
