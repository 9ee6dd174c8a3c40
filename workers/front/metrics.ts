import type { ControlPlaneStatus } from './status.js';

export interface Metric {
  readonly name: string;
  readonly type: 'gauge' | 'counter' | 'histogram';
  readonly help: string;
  readonly values: readonly Sample[];
}

export interface Sample {
  /** What stands behind the family's name: a histogram has several series. */
  readonly suffix?: '_bucket' | '_sum' | '_count';
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Prometheus text format 0.0.4 (prometheus.io, "Exposition formats"). */
export function metricsText(status: ControlPlaneStatus): string {
  return metricsOf(ownMetrics(status));
}

function ownMetrics(status: ControlPlaneStatus): readonly Metric[] {
  const { checks, pids, restarts } = status;
  const children = ['worker', 'temporal'] as const;
  return [
    gauge('nxs_up', 'The front answers.', 1),
    gauge('nxs_ready', 'Config, worker and Temporal are ready.', Number(status.ready)),
    gauge(
      'nxs_start_time_seconds',
      'Start of the control plane, Unix time.',
      Date.parse(status.started) / 1000,
    ),
    {
      name: 'nxs_check_ok',
      type: 'gauge',
      help: 'One part of readiness.',
      values: Object.entries(checks).map(([check, ok]) => ({ labels: { check }, value: Number(ok) })),
    },
    {
      name: 'nxs_child_up',
      type: 'gauge',
      help: 'A child process of the supervisor runs.',
      values: children.map((child) => ({ labels: { child }, value: Number(pids[child] !== null) })),
    },
    {
      name: 'nxs_child_restarts_total',
      type: 'counter',
      help: 'Times that a child process was started again.',
      values: children.map((child) => ({ labels: { child }, value: restarts[child] })),
    },
  ];
}

function gauge(name: string, help: string, value: number): Metric {
  return { name, type: 'gauge', help, values: [{ value }] };
}

function metricLines({ name, type, help, values }: Metric): string[] {
  const samples = values.map(({ suffix = '', labels = {}, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${labelText(text)}"`);
    return `${name}${suffix}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...samples];
}

/** The three characters that would end a label, or its line. */
function labelText(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/** Metrics of another part, as text; a family without a sample is left out. */
export function metricsOf(metrics: readonly Metric[]): string {
  return metrics
    .filter(({ values }) => values.length > 0)
    .flatMap(metricLines)
    .map((line) => `${line}\n`)
    .join('');
}

/** One gauge of another part, as text. */
export function gaugeText(name: string, help: string, value: number): string {
  return metricsOf([gauge(name, help, value)]);
}
