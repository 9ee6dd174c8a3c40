import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTracer } from '../../../adapters/telemetry/otlp.js';
import { traceparentOf, type Tracer } from '../../../domain/telemetry.js';
import { spanOfRun, watchRuns } from '../../../workers/telemetry/runs.js';
import { startCollector } from '../../observe/support/listeners.js';
import { until } from '../../support/until.js';

let collector: Awaited<ReturnType<typeof startCollector>>;
beforeEach(async () => {
  collector = await startCollector();
});
afterEach(() => collector.close());

function open(
  more: { readonly url?: string; readonly sample?: number; readonly told?: (string | null)[] } = {},
): Promise<Tracer> {
  const { url = collector.url, sample = 1, told = [] } = more;
  const resource = { 'service.name': 'nxs-test' };
  return openTracer({ url, headers: {}, sample, resource, onState: (trouble) => told.push(trouble) });
}

const CLIENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a trace', () => {
  it('goes on from a client, by its traceparent', async () => {
    const tracer = await open();
    const span = tracer.start('GET /', { kind: 'server', parent: CLIENT, attributes: { a: 1 } });
    const below = tracer.within(span, () =>
      tracer.start('chat m', { kind: 'client', parent: tracer.current() }),
    );
    below.end('refused');
    span.end();
    await tracer.close();
    const [one, two] = collector.spans();
    expect(one).toMatchObject({
      name: 'chat m',
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: two?.spanId,
    });
    expect(two).toMatchObject({ name: 'GET /', parentSpanId: 'b7ad6b7169203331' });
    expect(traceparentOf(span.traceparent)).toBe(`00-${one?.traceId ?? ''}-${two?.spanId ?? ''}-01`);
  });

  it('of a run is the same one in every process that knows the run', async () => {
    const [here, there] = await Promise.all([open(), open()]);
    const runs = watchRuns(here);
    const meta = {
      runId: 'run-1',
      workflowId: 'nxs/home/sync',
      workflowType: 'syncCycle',
      taskQueue: 'nxs-home',
    };
    runs.heard('Workflow started', meta, 1_000_000);
    there.start('RunActivity:x', { kind: 'server', parent: spanOfRun('run-1', there) }).end();
    runs.heard('Workflow completed', meta, 1_002_000);
    runs.heard('Workflow completed', meta, 1_003_000);
    runs.heard('Workflow completed', { ...meta, runId: 'begun elsewhere' }, 1_003_000);
    await Promise.all([here.close(), there.close()]);
    const spans = collector.spans();
    const run = spans.find(({ name }) => name === 'RunWorkflow:syncCycle');
    expect(spans).toHaveLength(2);
    expect(spans.find(({ name }) => name === 'RunActivity:x')).toMatchObject({
      traceId: run?.traceId,
      parentSpanId: run?.spanId,
    });
    expect(run).toMatchObject({ startTimeUnixNano: '1000000000000', endTimeUnixNano: '1002000000000' });
  });

  it('that is not among the sample costs no span, and a run is in it everywhere or nowhere', async () => {
    const tracer = await open({ sample: 0.3 });
    const ids = Array.from({ length: 200 }, (_, index) => `run ${String(index)}`);
    const kept = ids.filter(
      (id) => tracer.start('x', { kind: 'server', parent: spanOfRun(id, tracer) }).recording,
    );
    expect(kept).toEqual(ids.filter((id) => spanOfRun(id, tracer).endsWith('-01')));
    expect(kept.length).toBeGreaterThan(20);
    expect(kept.length).toBeLessThan(120);
    await tracer.close();
  });

  it('waits for no collector: that one is gone is told once', async () => {
    const told: (string | null)[] = [];
    const port = new URL(collector.url).port;
    await collector.close();
    const tracer = await open({ url: `http://127.0.0.1:${port}`, told });
    for (let round = 0; round < 5000; round += 1) tracer.start('x', { kind: 'internal', parent: null }).end();
    await until(() => told.length === 1, 20_000);
    expect(told[0]).toContain(`127.0.0.1:${port}/v1/traces`);
    await tracer.close();
    expect(told).toHaveLength(1);
  });
});

describe('a traceparent', () => {
  it.each([
    undefined,
    '',
    'x',
    '00-00000000000000000000000000000000-b7ad6b7169203331-01',
    `${CLIENT}\r\nx: y`,
    ['a'],
  ])('that is none is passed over: %j', (value) => expect(traceparentOf(value)).toBeNull());
});
