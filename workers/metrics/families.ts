// Figures of several processes as metrics: one family each, told apart by the label `process`.
import type { Metric } from '../front/metrics.js';
import type { ProcessFigures } from './process.js';

export function processFamilies(all: readonly ProcessFigures[]): readonly Metric[] {
  const family = (
    name: string,
    type: 'gauge' | 'counter',
    help: string,
    of: (figures: ProcessFigures) => number | null,
  ): Metric => ({
    name,
    type,
    help,
    values: all.flatMap((figures) => {
      const value = of(figures);
      return value === null ? [] : [{ labels: { process: figures.process }, value }];
    }),
  });
  return [
    family('nxs_process_resident_memory_bytes', 'gauge', 'Memory that a process holds.', ({ rss }) => rss),
    family('nxs_process_heap_bytes', 'gauge', 'Heap that JavaScript uses.', ({ heap }) => heap),
    family(
      'nxs_process_cpu_seconds_total',
      'counter',
      'Processor time that a process has used.',
      ({ cpu }) => cpu,
    ),
    family(
      'nxs_process_open_fds',
      'gauge',
      'Files and sockets that a process has open.',
      ({ openFiles }) => openFiles,
    ),
    family(
      'nxs_process_handles',
      'gauge',
      'Timers, sockets, pipes and requests that keep a process alive.',
      ({ handles }) => handles,
    ),
    family(
      'nxs_process_event_loop_lag_seconds',
      'gauge',
      'How late the event loop came to a task just now.',
      ({ lag }) => lag,
    ),
    family(
      'nxs_process_event_loop_busy_ratio',
      'gauge',
      'Share of the time since the last scrape in which the event loop was busy.',
      ({ busy }) => busy,
    ),
    family(
      'nxs_process_start_time_seconds',
      'gauge',
      'Start of a process, Unix time.',
      ({ started }) => started,
    ),
  ];
}
