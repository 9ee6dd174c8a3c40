import { describe, expect, it } from 'vitest';
import type { PanelConfig } from '../../../config/types.js';
import type { JournalEvent } from '../../../domain/journal.js';
import { openKpis } from '../../../domain/kpi/projection.js';
import { TABLES, type TableName } from '../../../domain/panels.js';
import { panelOf } from '../../../workers/dashboard/panels.js';
import type { Memory } from '../../../workers/journal-memory.js';
import { at, NOW, page, type Page } from './page.js';

function fill(panel: PanelConfig, more: Partial<Page> = {}, events: readonly JournalEvent[] = []) {
  const memory: Memory = {
    kpis: openKpis(),
    incidents: () => [],
    past: () => expect.unreachable(),
    latest: (types) =>
      events.filter(({ type }) => types.length === 0 || types.some((each) => type.startsWith(each))),
  };
  const report = (since: number) =>
    Promise.resolve(
      openKpis().report({
        ...{ node: 'home', from: NOW - since, to: NOW },
        live: { from: NOW - since, to: NOW, up: since, down: 0, unknown: 0 },
      }),
    );
  return panelOf(panel, { page: page(more), memory, now: NOW, report, link: (workflow) => `ui/${workflow}` });
}

describe('the source document’s panels', () => {
  it('show the uptime against its thresholds', async () => {
    const panel = {
      name: 'Up',
      type: 'gauge',
      query: 'uptime_percentage_24h',
      thresholds: [95, 99, 99.5],
    } as const;
    expect(await fill(panel)).toMatchObject({
      ...{ kind: 'gauge', value: 100, unit: '%', thresholds: [95, 99, 99.5] },
      note: 'target > 99.5 %, 1440 min known, met',
    });
  });

  it('find a provider by its name, else by what stands before its first dash', async () => {
    const panel = {
      name: 'P',
      type: 'status-grid',
      providers: ['kimi', 'ollama-local', 'lmstudio'],
    } as const;
    const filled = await fill(panel);
    expect(filled).toMatchObject({
      cells: [
        { name: 'kimi', provider: 'kimi-primary', light: 'good', detail: 'serving, closed' },
        { name: 'ollama-local', provider: 'ollama-local' },
        { name: 'lmstudio', provider: null, light: 'unknown' },
      ],
    });
    expect(await fill({ ...panel, providers: [] })).toMatchObject({ cells: [{}, {}] });
  });

  it('show each file with its proof', async () => {
    const file = {
      ...{
        file: 'MEMORY.md',
        destination: 'local',
        last_backup: at(-9),
        verified: at(-8),
        hash_match: false,
      },
      ...{ hash: 'abcdef0123456789', status: 'MISMATCH' },
    };
    const panel = {
      name: 'B',
      type: 'table',
      query: 'backup_files',
      columns: ['file', 'hash_match', 'hash'],
    } as const;
    const backups = {
      ...{ failed: null, summary: '', light: 'bad' as const, link: null },
      files: [file],
      more: 0,
    };
    expect(await fill(panel, { backups })).toMatchObject({
      rows: [
        {
          cells: [{ text: 'MEMORY.md', light: null }, { text: 'no', light: 'bad' }, { text: 'abcdef012345' }],
        },
      ],
    });
    expect(await fill(panel, { backups: { failed: 'the disk is gone' } })).toEqual({
      ...{ name: 'B', kind: 'error', problem: 'the disk is gone' },
    });
  });

  it('list what healing did, each with its workflow', async () => {
    const acted = {
      ...{ v: 1, id: 'e', at: at(-1), node: 'home', type: 'healing.acted', prev: '', hash: '' },
      data: {
        ...{
          incident: 'i',
          request: 'r',
          level: 2,
          action: 'restart_services',
          target: 'web',
          disruptive: true,
        },
        ...{ status: 'completed', detail: '', duration_ms: 2_500 },
      },
    };
    const panel = { name: 'H', type: 'timeline', query: 'healing_log_last_24h' } as const;
    expect(await fill(panel, {}, [acted])).toMatchObject({
      entries: [
        {
          text: 'L2 restart_services on web: completed in 2.5 s',
          light: 'good',
          link: 'ui/nxs/home/incident/i',
        },
      ],
    });
  });
});

it('every table fills every column that it has', async () => {
  const schedules = {
    failed: null,
    list: [{ id: 's', what: 'backup', next: at(1), last: at(-1), paused: false, link: null }],
  };
  const fleet = [
    {
      ...{
        node: 'home',
        own: true,
        last_seen: at(0),
        seen_by: [],
        light: 'good' as const,
        detail: 'here',
        link: null,
      },
    },
  ];
  for (const query of Object.keys(TABLES) as TableName[]) {
    const filled = await fill(
      { name: query, type: 'table', query, columns: [...TABLES[query]] },
      { schedules, fleet },
    );
    expect(filled, query).toMatchObject({ kind: 'table' });
    const rows = filled.kind === 'table' ? filled.rows : [];
    for (const { cells } of rows) expect(cells).toHaveLength(TABLES[query].length);
  }
});

it('a mistake of the file stands in its panel', async () => {
  const panel = {
    name: 'Odd',
    type: 'error',
    problem: 'resilience-dashboard.yaml:9:7: no such query',
  } as const;
  expect(await fill(panel)).toEqual({ name: 'Odd', kind: 'error', problem: panel.problem });
});
