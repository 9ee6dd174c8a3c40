// The Temporal SDK's own metrics, kept in this process and handed over the channel to the front. The SDK could serve them itself,
// but only on a port that every user of the machine may read; its buffer needs none.
import { MetricsBuffer } from '@temporalio/worker';
import type { Metric } from '../front/metrics.js';
import { exportedName, SDK_METRICS, type SdkMetric } from './sdk-table.js';

/** One change of a metric, as the SDK tells it: for counters the difference, else the value. */
export interface Update {
  readonly metric: { readonly name: string };
  readonly value: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface SdkMetrics {
  take(updates: Iterable<Update>): void;
  read(): readonly Metric[];
}

/** Upper bounds of the buckets, seconds: a request takes milliseconds, an activity minutes. */
const BOUNDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 300] as const;
/** Who may start workflows names their types; more label sets than these are counted together as `other`. */
const MOST_SERIES = 100;

interface Series {
  readonly labels: Readonly<Record<string, string>>;
  /** Counter and gauge; sum of a histogram. */
  value: number;
  count: number;
  /** Observations at or below each bound. */
  readonly buckets: number[];
}

/** Adds updates up. Pure but for its memory, which is bounded by the table. */
export function sdkMetrics(): SdkMetrics {
  const known = new Map<string, Map<string, Series>>();

  function seriesOf(name: string, names: readonly string[], attributes: Update['attributes']): Series {
    const all = known.get(name) ?? new Map<string, Series>();
    known.set(name, all);
    const values = names.map((label) => textOf(attributes[label]));
    const key = JSON.stringify(values);
    const found = all.get(key);
    if (found !== undefined) return found;
    if (all.size >= MOST_SERIES && values.some((value) => value !== 'other'))
      return seriesOf(name, names, Object.fromEntries(names.map((label) => [label, 'other'])));
    const labels = Object.fromEntries(names.map((label, index) => [label, values[index] ?? '']));
    const made = { labels, value: 0, count: 0, buckets: BOUNDS.map(() => 0) };
    all.set(key, made);
    return made;
  }

  return {
    take(updates) {
      for (const update of updates) {
        const { name } = update.metric;
        const metric = SDK_METRICS[name];
        if (metric === undefined || !Number.isFinite(update.value)) continue;
        const series = seriesOf(name, metric.labels, update.attributes);
        if (metric.kind === 'gauge') series.value = update.value;
        else series.value += update.value;
        if (metric.kind !== 'seconds') continue;
        series.count += 1;
        for (const [index, bound] of BOUNDS.entries())
          if (update.value <= bound) series.buckets[index] = (series.buckets[index] ?? 0) + 1;
      }
    },
    read: () =>
      Object.entries(SDK_METRICS).flatMap(([name, metric]) => {
        const all = known.get(name);
        return all === undefined ? [] : [metricOf(name, metric, [...all.values()])];
      }),
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : '';
}

function metricOf(name: string, metric: SdkMetric, all: readonly Series[]): Metric {
  const { help, kind } = metric;
  const head = { name: exportedName(name, metric), help };
  if (kind !== 'seconds')
    return { ...head, type: kind, values: all.map(({ labels, value }) => ({ labels, value })) };
  const values = all.flatMap(({ labels, value, count, buckets }) => [
    ...BOUNDS.map((bound, index) => ({
      suffix: '_bucket' as const,
      labels: { ...labels, le: String(bound) },
      value: buckets[index] ?? 0,
    })),
    { suffix: '_bucket' as const, labels: { ...labels, le: '+Inf' }, value: count },
    { suffix: '_sum' as const, labels, value },
    { suffix: '_count' as const, labels, value: count },
  ]);
  return { ...head, type: 'histogram', values };
}

/** Between two looks into the SDK's buffer, ms. It holds 10,000 updates; an idle worker makes two a second. */
const LOOK_EVERY = 5_000;

export interface SdkSource {
  /** For Runtime.install, `telemetryOptions.metrics`. */
  readonly options: { readonly buffer: MetricsBuffer };
  read(): readonly Metric[];
}

/** To be read only after Runtime.install took `options`. */
export function openSdkSource(): SdkSource {
  const buffer = new MetricsBuffer({ useSecondsForDurations: true });
  const metrics = sdkMetrics();
  const pull = () => metrics.take(buffer.retrieveUpdates());
  setInterval(pull, LOOK_EVERY).unref();
  return {
    options: { buffer },
    read() {
      pull();
      return metrics.read();
    },
  };
}
