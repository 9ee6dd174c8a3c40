// One panel of each kind, as resilience-dashboard.yaml may ask for them.
import type { PanelModel } from '../../../dashboard/model.js';
import { at, workflow } from './basics.js';

export const PROBLEM =
  'resilience-dashboard.yaml:24:14: unknown query "helaing_log_last_24h"; did you mean "healing_log_last_24h"?';

export function panels(): readonly PanelModel[] {
  return [
    {
      name: 'System Uptime',
      kind: 'gauge',
      value: 99.974,
      unit: '%',
      thresholds: [95, 99, 99.5],
      good: '>',
      note: 'target > 99.5 %, 1430 min known, met',
    },
    {
      name: 'Provider Health',
      kind: 'status-grid',
      cells: [
        { name: 'kimi', provider: 'kimi-primary', light: 'good', detail: 'serving, closed' },
        { name: 'lmstudio', provider: 'lmstudio-local', light: 'unknown', detail: 'half open' },
        {
          name: 'ollama',
          provider: null,
          light: 'unknown',
          detail: 'no provider of that name is configured',
        },
      ],
    },
    {
      name: 'Backup Status',
      kind: 'table',
      columns: ['file', 'last_backup', 'verified', 'hash_match'],
      rows: ['MEMORY.md', 'DECISION-LOG.md', 'memory/2026-11-23.md'].map((file, index) => ({
        cells: [
          { text: file, light: null },
          { text: at(-60), light: null },
          { text: index === 1 ? '–' : at(-58), light: null },
          index === 1 ? { text: 'no', light: 'bad' as const } : { text: 'yes', light: 'good' as const },
        ],
        link: index === 0 ? workflow('nxs/home/backup/1') : null,
      })),
    },
    {
      name: 'Healing Actions',
      kind: 'timeline',
      entries: [
        {
          at: at(-5),
          text: 'service:llama: asked',
          light: 'unknown',
          link: workflow('nxs/home/incident/inc-7'),
        },
        { at: at(-6), text: 'service:llama: level 2 restart_service, no effect', light: 'bad', link: null },
        { at: at(-41), text: 'memory: healed in 6.2 s', light: 'good', link: null },
      ],
    },
    { name: 'Healing Log', kind: 'error', problem: PROBLEM },
  ];
}
