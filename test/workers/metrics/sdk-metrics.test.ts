import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOf } from '../../../workers/front/metrics.js';
import { sdkMetrics, type Update } from '../../../workers/metrics/sdk-metrics.js';

function update(name: string, value: number, attributes: Update['attributes'] = {}): Update {
  return {
    metric: { name },
    value,
    attributes: { service_name: 'core', namespace: 'default', ...attributes },
  };
}

function textOf(...updates: readonly Update[]): string {
  const metrics = sdkMetrics();
  metrics.take(updates);
  return metricsOf(metrics.read());
}

describe("the SDK's metrics", () => {
  it('add counters up, and keep the latest of a gauge', () => {
    const one = { operation: 'RespondX' };
    const text = textOf(
      update('temporal_request', 1, one),
      update('temporal_request', 2, one),
      update('temporal_worker_task_slots_used', 5, { worker_type: 'A' }),
      update('temporal_worker_task_slots_used', 3, { worker_type: 'A' }),
    );
    expect(text).toContain('temporal_request_total{operation="RespondX"} 3\n');
    expect(text).toContain('temporal_worker_task_slots_used{worker_type="A"} 3\n');
  });

  it('put durations into cumulative buckets, the last of which has all', () => {
    const text = textOf(
      ...[0.001, 0.2, 900].map((value) => update('temporal_workflow_task_schedule_to_start_latency', value)),
    );
    const name = 'temporal_workflow_task_schedule_to_start_latency_seconds';
    expect(text).toContain(`${name}_bucket{le="0.005"} 1\n`);
    expect(text).toContain(`${name}_bucket{le="0.25"} 2\n`);
    expect(text).toContain(`${name}_bucket{le="300"} 2\n`);
    expect(text).toContain(`${name}_bucket{le="+Inf"} 3\n${name}_sum 900.201\n${name}_count 3\n`);
  });

  it('that nobody listed, and labels that nobody listed, are left out', () => {
    const text = textOf(
      update('temporal_something_new', 1),
      update('temporal_sticky_cache_hit', 1, { task_queue: 'sticky-host-1234', workflow_id: 'x' }),
    );
    expect(text).toBe(
      '# HELP temporal_sticky_cache_hit_total Workflow tasks that found their workflow in memory.\n# TYPE temporal_sticky_cache_hit_total counter\ntemporal_sticky_cache_hit_total 1\n',
    );
  });

  it('have a bounded number of series, whatever types of workflows somebody starts, and lose no count', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { maxLength: 400 }), (types) => {
        const lines = textOf(
          ...types.map((type) => update('temporal_workflow_completed', 1, { workflow_type: type })),
        )
          .split('\n')
          .filter((line) => line.startsWith('temporal_'));
        expect(lines.length).toBeLessThanOrEqual(101);
        const counts = lines.map((line) => Number(line.slice(line.lastIndexOf(' '))));
        expect(counts.reduce((sum, each) => sum + each, 0)).toBe(types.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe('metrics as text', () => {
  it('keep a label in its line, whatever is in it', () => {
    const text = metricsOf([
      {
        name: 'nxs_x',
        type: 'gauge',
        help: 'X.',
        values: [{ labels: { a: 'b"\\\n} 1\nnxs_up 0' }, value: 1 }],
      },
    ]);
    expect(text.split('\n').filter((line) => line.startsWith('nxs_'))).toEqual([
      'nxs_x{a="b\\"\\\\\\n} 1\\nnxs_up 0"} 1',
    ]);
  });
});
