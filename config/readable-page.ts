// A mistake on the page must never keep a node from starting: what can be read of resilience-dashboard.yaml is shown, and what cannot
// stands there as a panel that says why.
import { dashboardSchema } from './schemas/dashboard.js';
import { oneLine } from './report/render.js';
import type { Finding } from './report/finding.js';
import type { DashboardConfig, PanelConfig } from './types.js';
import type { Validated } from './validate.js';

export interface ReadablePage {
  readonly page: DashboardConfig;
  readonly warnings: readonly string[];
}

/** `validated` undefined: the file does not even parse. */
export function readablePage(
  validated: Validated | undefined,
  findings: readonly Finding[],
  secrets: readonly string[],
): ReadablePage {
  if (findings.length === 0) return { page: pageOf(validated?.data), warnings: [] };
  const told = findings.map((finding) => ({ path: finding.path, text: oneLine(finding, secrets) }));
  const warnings = told.map(({ text }) => `${text}; the page shows it`);
  const raw = rawPanels(validated?.tree.value);
  const panels = raw.map((panel, index): PanelConfig => {
    const path = `dashboard.panels[${String(index)}]`;
    const own = told.filter((each) => each.path === path || each.path.startsWith(`${path}.`));
    if (own.length > 0) return broken(nameOf(panel) ?? `Panel ${String(index + 1)}`, own);
    const [read] = pageOf(parsed({ dashboard: { panels: [panel] } })).panels;
    return read ?? broken(`Panel ${String(index + 1)}`, told);
  });
  const others = told.filter(({ path }) => !/^dashboard\.panels\[\d+\]/.test(path));
  const first = others.length === 0 ? [] : [broken('resilience-dashboard.yaml', others)];
  return { page: { title: titleOf(validated?.tree.value), panels: [...first, ...panels] }, warnings };
}

function broken(name: string, told: readonly { readonly text: string }[]): PanelConfig {
  return { name, type: 'error', problem: told.map(({ text }) => text).join('\n') };
}

function pageOf(data: unknown): DashboardConfig {
  return (
    (data as { readonly dashboard?: DashboardConfig } | undefined)?.dashboard ?? {
      title: 'NXS Resilience',
      panels: [],
    }
  );
}

function parsed(value: unknown): unknown {
  return dashboardSchema.safeParse(value).data;
}

function rawPanels(value: unknown): readonly unknown[] {
  const panels = within(within(value, 'dashboard'), 'panels');
  return Array.isArray(panels) ? panels : [];
}

function titleOf(value: unknown): string {
  const title = within(within(value, 'dashboard'), 'title');
  return typeof title === 'string' && title !== '' ? title : 'NXS Resilience';
}

function nameOf(panel: unknown): string | null {
  const name = within(panel, 'name');
  return typeof name === 'string' && name !== '' ? name : null;
}

function within(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
