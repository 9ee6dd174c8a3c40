// Puts markup and script links into every text of a model that somebody else may have written.
import type { PageModel } from '../../../dashboard/model.js';
import { KPI_IDS } from '../../../domain/kpi/model.js';

/** Words of ours, times, and links that we made. */
const OURS = new Set<string>([
  ...['light', 'state', 'kind', 'unit', 'good', 'verdict', 'permission', 'level', 'failed', 'link', 'ui'],
  ...['at', 'since', 'until', 'detected', 'ended', 'expires', 'from', 'to', 'last_seen', 'next', 'last'],
  ...['last_backup', 'verified', 'anchor'],
]);

const KPIS = new Set<string>(KPI_IDS);

export function hostile(model: PageModel): PageModel {
  let count = 0;
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string' && !OURS.has(key) && !KPIS.has(value) && !/^\d{4}-.*Z$/.test(value))
      return `"'><img src=x onerror=alert(1)><script>${key}</script> javascript:alert(1) ${String(count++)}`;
    if (Array.isArray(value)) return value.map((each) => walk(each, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, walk(each, name)]));
  };
  const { switched } = model.providers.failed === null ? model.providers : { switched: null };
  const changed = walk(model, '') as PageModel;
  // Here `to` is a provider's name.
  if (switched === null || changed.providers.failed !== null) return changed;
  const to = '<script>to</script>';
  return { ...changed, providers: { ...changed.providers, switched: { ...switched, to, by: to } } };
}
