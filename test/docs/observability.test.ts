import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { LOG_LEVELS } from '../../domain/log-record.js';
import { exportedName, SDK_METRICS } from '../../workers/metrics/sdk-table.js';
import { metricNames } from '../support/metric-names.js';

const page = readFileSync(join(import.meta.dirname, '../../docs/observability.md'), 'utf8');
const table = page.slice(page.indexOf('<!-- metrics:begin -->'), page.indexOf('<!-- metrics:end -->'));
const rows = [...table.matchAll(/^\| `([a-z0-9_]+)(?:\{[^`]*\})?` \| (.+) \|$/gm)].map(([, name, help]) => ({
  name,
  help,
}));

describe('docs/observability.md', () => {
  it('has each metric of the code once, and no other', () => {
    expect(rows.map(({ name }) => name).sort()).toEqual([...metricNames()].sort());
  });

  it("says of the SDK's metrics what the page for Prometheus says", () => {
    for (const [name, metric] of Object.entries(SDK_METRICS)) {
      const row = table.split('\n').find((line) => line.startsWith(`| \`${exportedName(name, metric)}`));
      const labels = metric.labels.length === 0 ? '' : `{${metric.labels.join(', ')}}`;
      expect(row).toBe(`| \`${exportedName(name, metric)}${labels}\` | ${metric.help} |`);
    }
  });

  it('names the levels', () => {
    expect(page).toContain(LOG_LEVELS.map((level) => `\`${level}\``).join(', '));
  });
});
