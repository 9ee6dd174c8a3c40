// The page that Prometheus reads, put together from parts. A part that is slow or broken is left out, and said to be: whoever
// looks at a machine in trouble needs the other parts most.
import { metricsOf, type Metric } from '../front/metrics.js';
import { packageVersion } from '../package-version.js';
import type { WorkerLink } from '../worker-link.js';
import { backlogMetrics } from './backlog.js';
import type { WorkerMetrics } from './calls.js';
import { processFamilies } from './families.js';
import { foreignFigures, ownFigures } from './process.js';

export interface FrontMetrics {
  linked(link: WorkerLink): void;
  /** Never rejects, and is there within a second. */
  text(pids: { readonly temporal: number | null }): Promise<string>;
}

/** Longest wait for one part, ms. They are asked at the same time. */
const PATIENCE = 700;

export type MetricPart = () => string | Promise<string>;

export function openFrontMetrics(node: string, parts: Readonly<Record<string, MetricPart>>): FrontMetrics {
  let link: WorkerLink | null = null;

  async function ofProcesses(pid: number | null): Promise<{ text: string; worker: boolean }> {
    const [mine, engine, worker] = await Promise.all([
      ownFigures('supervisor'),
      pid === null ? null : foreignFigures('temporal', pid),
      link === null ? null : askWorker(link),
    ]);
    const figures = [mine, worker?.figures, engine].filter((each) => each !== null && each !== undefined);
    const families = [...processFamilies(figures), ...backlogMetrics(worker?.backlog ?? null)];
    return { text: metricsOf([...families, ...(worker?.sdk ?? [])]), worker: worker !== null };
  }

  return {
    linked(next) {
      link = next;
    },
    async text({ temporal }) {
      const processes = ofProcesses(temporal);
      const told = await Promise.all(
        Object.entries(parts).map(async ([part, make]) => ({ part, text: await within(make) })),
      );
      const { text, worker } = await processes;
      const ok = [
        { part: 'worker', good: worker },
        ...told.map((each) => ({ part: each.part, good: each.text !== null })),
      ];
      return [metricsOf(ourselves(node, ok)), text, ...told.map((each) => ended(each.text ?? ''))].join('');
    },
  };
}

/** null: no worker answers in time. */
async function askWorker(link: WorkerLink): Promise<WorkerMetrics | null> {
  return link
    .call('metrics.read', null, { timeoutMs: PATIENCE, waitMs: 1 })
    .then((value) => value as WorkerMetrics)
    .catch(() => null);
}

/** null: it failed, or took too long. */
async function within(make: MetricPart): Promise<string | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE);
  });
  try {
    return await Promise.race([Promise.resolve().then(make), late]);
  } catch {
    return null;
  } finally {
    clearTimeout(timer);
  }
}

function ourselves(
  node: string,
  parts: readonly { readonly part: string; readonly good: boolean }[],
): readonly Metric[] {
  return [
    {
      name: 'nxs_build_info',
      type: 'gauge',
      help: 'Always 1; which version runs here, on which Node.',
      values: [{ labels: { version: packageVersion(), node, runtime: process.version }, value: 1 }],
    },
    {
      name: 'nxs_scrape_part_ok',
      type: 'gauge',
      help: 'A part of this page could be told in time.',
      values: parts.map(({ part, good }) => ({ labels: { part }, value: Number(good) })),
    },
  ];
}

function ended(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}
