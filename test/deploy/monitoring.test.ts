import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { metricNames } from '../support/metric-names.js';

const ROOT = path.resolve(import.meta.dirname, '../..');
const RULES = path.join(ROOT, 'deploy/prometheus/nxs-alerts.yml');
const BOARD = path.join(ROOT, 'deploy/grafana/nxs-dashboard.json');

function named(text: string): readonly string[] {
  const names = [...text.matchAll(/\b(?:nxs|temporal)_[a-z0-9_]+/g)].map(([name]) =>
    name.replace(/_bucket$/, ''),
  );
  return [...new Set(names)];
}

describe('the files for Prometheus and Grafana', () => {
  it.each([RULES, BOARD])('%s names only metrics that there are', (file) => {
    const known = metricNames();
    const names = named(readFileSync(file, 'utf8'));
    expect(names.length).toBeGreaterThan(4);
    expect(names.filter((name) => !known.has(name))).toEqual([]);
  });

  it('are what their programs read: groups of rules, panels with queries', () => {
    const { groups } = parse(readFileSync(RULES, 'utf8')) as { groups: { rules: { alert: string }[] }[] };
    expect(groups[0]?.rules.map(({ alert }) => alert)).toContain('NxsErrorBudgetBurnsFast');
    const { panels } = JSON.parse(readFileSync(BOARD, 'utf8')) as {
      panels: { targets: { expr: string }[] }[];
    };
    expect(panels.every(({ targets }) => targets.every(({ expr }) => /\b(nxs|temporal)_/.test(expr)))).toBe(
      true,
    );
  });

  it('fire when they should, and do not when they should not', (context) => {
    const run = spawnSync('promtool', ['test', 'rules', path.join(import.meta.dirname, 'alerts.test.yml')], {
      encoding: 'utf8',
    });
    if (run.error !== undefined) return context.skip('promtool is not installed (Debian package prometheus)');
    expect(run.stdout + run.stderr).toContain('SUCCESS');
    expect(run.status).toBe(0);
  });
});
