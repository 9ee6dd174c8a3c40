// A page on which all is well; tests change one thing.
import type { HealingPart, PageModel, ProviderRow } from '../../../dashboard/model.js';
import { openKpis } from '../../../domain/kpi/projection.js';

export const NOW = Date.parse('2026-11-23T12:00:00.000Z');
export const at = (minutes: number): string => new Date(NOW + minutes * 60_000).toISOString();

export type Page = Omit<PageModel, 'panels' | 'headline'>;

export const PROVIDER: ProviderRow = {
  ...{ name: 'kimi-primary', model: 'k2', state: 'closed', serving: true, light: 'good', since: at(-60) },
  ...{ detail: '', first_content_ms: 400, day: [] },
};

export function page(more: Partial<Page> = {}): Page {
  return {
    ...{ node: 'home', title: 'NXS', at: at(0), uptime: [], fleet: [], ui: null },
    kpi: openKpis().report({ node: 'home', from: NOW - 86_400_000, to: NOW }),
    providers: {
      failed: null,
      switched: null,
      list: [PROVIDER, { ...PROVIDER, name: 'ollama-local', serving: false }],
    },
    backups: { failed: null, summary: 'backup of 1 file', light: 'good', link: null, files: [], more: 0 },
    sync: {
      ...{ failed: null, summary: 'ok', light: 'good', link: null },
      nodes: [],
      conflicts: [],
      questions: [],
    },
    healing: healing([]),
    schedules: { failed: null, list: [] },
    ...more,
  };
}

export function healing(
  incidents: Extract<HealingPart, { failed: null }>['incidents'],
): Extract<HealingPart, { failed: null }> {
  return { failed: null, monitor: { state: 'watching', at: at(0), unseen: [] }, paused: null, incidents };
}

export function incident(
  more: Partial<Extract<HealingPart, { failed: null }>['incidents'][number]> = {},
): Extract<HealingPart, { failed: null }>['incidents'][number] {
  return {
    ...{
      id: 'i',
      workflow: 'nxs/home/incident/i',
      subject: 'service:web',
      kind: 'service_down',
      state: 'open',
    },
    ...{
      cause: 'web refuses connections',
      value: null,
      since: at(-2),
      detected: at(-1),
      by: null,
      plan: null,
    },
    ...{ skipped: [], tried: [], asked: null, note: null, ended: null, summary: null, log: [], link: null },
    ...more,
  };
}
