// The panels of resilience-dashboard.yaml, filled: each query is a look at what the page has anyway.
import type { PanelConfig } from '../../config/types.js';
import type {
  GridCell,
  Light,
  PageModel,
  PanelModel,
  TableRow,
  TimelineEntry,
} from '../../dashboard/model.js';
import type { JournalEvent } from '../../domain/journal.js';
import type { Kpi, KpiReport } from '../../domain/kpi/model.js';
import { countText, targetText, valueText, verdictText } from '../../domain/kpi/words.js';
import type { TABLES } from '../../domain/panels.js';
import { gaugeOf, tableOf, timelineOf, WINDOWS, type TableName } from '../../domain/panels.js';
import type { Memory } from '../journal-memory.js';
import { timelineEntry, TYPES } from './timeline.js';

export interface PanelSources {
  readonly page: Omit<PageModel, 'panels' | 'headline'>;
  readonly memory: Memory;
  readonly now: number;
  /** `since`: ms before now. */
  readonly report: (since: number) => Promise<KpiReport>;
  readonly link: (workflow: string) => string | null;
}

/** Entries of one timeline. */
const MOST = 50;

export async function panelOf(panel: PanelConfig, sources: PanelSources): Promise<PanelModel> {
  const { name } = panel;
  try {
    switch (panel.type) {
      case 'error':
        return { name, kind: 'error', problem: panel.problem };
      case 'gauge':
        return { name, ...(await gauge(panel.query, panel.thresholds, sources)) };
      case 'status-grid':
        return { name, kind: 'status-grid', cells: cells(panel.providers, sources.page) };
      case 'table':
        return {
          name,
          kind: 'table',
          columns: panel.columns,
          rows: table(panel.query, panel.columns, sources.page),
        };
      case 'timeline':
        return { name, kind: 'timeline', entries: timeline(panel.query, sources) };
    }
  } catch (error) {
    return { name, kind: 'error', problem: error instanceof Error ? error.message : String(error) };
  }
}

async function gauge(query: string, thresholds: readonly number[], { report }: PanelSources) {
  const asked = gaugeOf(query);
  if (asked === null) throw new Error(`There is no query "${query}".`);
  const { kpis } = await report(WINDOWS[asked.window]);
  const kpi = kpis.find(({ id }) => id === asked.kpi);
  if (kpi === undefined) throw new Error(`There is no KPI ${asked.kpi}.`);
  return {
    kind: 'gauge',
    value: kpi.value,
    unit: kpi.unit === 'percent' ? '%' : 's',
    thresholds,
    good: kpi.good,
    note: `target ${targetText(kpi)}, ${countText(kpi)}, ${verdictText(kpi)}`,
  } as const;
}

/** A name stands for the provider of that name, else for the first whose name begins with it and a dash. None: all of them. */
function cells(names: readonly string[], { providers }: PanelSources['page']): readonly GridCell[] {
  if (providers.failed !== null) throw new Error(providers.failed);
  const { list } = providers;
  const wanted = names.length === 0 ? list.map(({ name }) => name) : names;
  return wanted.map((name) => {
    const found =
      list.find((each) => each.name === name) ?? list.find((each) => each.name.split('-', 1)[0] === name);
    if (found === undefined)
      return { name, provider: null, light: 'unknown', detail: 'no provider of that name is configured' };
    const state = found.state.replaceAll('_', ' ');
    return {
      name,
      provider: found.name,
      light: found.light,
      detail: found.serving ? `serving, ${state}` : found.detail === '' ? state : `${state}: ${found.detail}`,
    };
  });
}

type Cell = TableRow['cells'][number];
interface Row {
  readonly values: Readonly<Record<string, Cell | string | null>>;
  readonly link?: string | null;
}

function table(query: string, columns: readonly string[], page: PanelSources['page']): readonly TableRow[] {
  const rows = rowsOf(tableOf(query) ?? 'backup_files', page);
  return rows.map(({ values, link = null }) => ({
    cells: columns.map((column): Cell => {
      const value = values[column] ?? null;
      return typeof value === 'object' && value !== null ? value : { text: value ?? '–', light: null };
    }),
    link,
  }));
}

function rowsOf(name: TableName, page: PanelSources['page']): readonly Row[] {
  switch (name) {
    case 'backup_files':
      return ready(page.backups).files.map((each) => ({
        values: {
          file: each.file,
          destination: each.destination,
          last_backup: each.last_backup,
          verified: each.verified,
          hash_match: matchCell(each.hash_match),
          hash: each.hash?.slice(0, 12) ?? null,
          status: each.status,
        } satisfies Values<'backup_files'>,
      }));
    case 'providers':
      return ready(page.providers).list.map((each) => ({
        values: {
          provider: each.name,
          model: each.model,
          state: { text: each.state.replaceAll('_', ' '), light: each.light },
          since: each.since,
          detail: each.detail,
        } satisfies Values<'providers'>,
      }));
    case 'incidents':
      return ready(page.healing).incidents.map((each) => ({
        values: {
          incident: each.id,
          subject: each.subject,
          state: { text: each.state, light: each.ended === null ? 'bad' : 'good' },
          detected: each.detected,
          cause: each.cause,
          action: each.tried.map(({ action, how }) => `${action}: ${how}`).join('; '),
        } satisfies Values<'incidents'>,
        link: each.link,
      }));
    case 'conflicts':
      return ready(page.sync).conflicts.map((values) => ({ values: values satisfies Values<'conflicts'> }));
    case 'nodes':
      return page.fleet.map((each) => ({
        values: {
          node: each.node,
          last_seen: each.last_seen,
          state: { text: each.detail, light: each.light },
        } satisfies Values<'nodes'>,
        link: each.link,
      }));
    case 'schedules':
      return ready(page.schedules).list.map((each) => ({
        values: {
          schedule: each.what,
          next: each.next,
          last: each.last,
          state: { text: each.paused ? 'paused' : 'on', light: each.paused ? 'unknown' : 'good' },
        } satisfies Values<'schedules'>,
        link: each.link,
      }));
    case 'kpis':
      return page.kpi.kpis.map((each) => ({
        values: {
          kpi: each.name,
          value: valueText(each),
          target: targetText(each),
          n: countText(each),
          verdict: { text: verdictText(each), light: lightOf(each) },
        } satisfies Values<'kpis'>,
      }));
  }
}

/** A row has all the columns that its table promises. */
type Values<T extends TableName> = Readonly<Record<(typeof TABLES)[T][number], Cell | string | null>>;

function ready<T>(part: ({ readonly failed: null } & T) | { readonly failed: string }): T {
  if (part.failed !== null) throw new Error(part.failed);
  return part;
}

function matchCell(match: boolean | null): Cell {
  if (match === null) return { text: 'not known', light: 'unknown' };
  return match ? { text: 'yes', light: 'good' } : { text: 'no', light: 'bad' };
}

function lightOf({ verdict }: Kpi): Light {
  return verdict === 'met' ? 'good' : verdict === 'missed' ? 'bad' : 'unknown';
}

function timeline(query: string, { memory, now, link }: PanelSources): readonly TimelineEntry[] {
  const asked = timelineOf(query);
  if (asked === null) throw new Error(`There is no query "${query}".`);
  const { what, window } = asked;
  const events: readonly JournalEvent[] = memory.latest(TYPES[what], now - WINDOWS[window], MOST);
  return events.flatMap((event) => timelineEntry(event, link) ?? []);
}
