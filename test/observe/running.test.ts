// A running control plane, as those see it who watch it: Prometheus, a collector of traces, a reader of its logs. With a secret
// planted in every field that can hold one, and an outside world that repeats what it is sent.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manifest, providers, settings } from './support/documents.js';
import { startCollector, startEcho, type SpanTold } from './support/listeners.js';
import { plant } from './support/plant.js';
import type { Said } from '../support/e2e-cli.js';
import { fill, makePlace } from '../support/e2e-place.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const TRACE = '1f2e3d4c5b6a79880011223344556677';
const PROMPT = 'Pl4ntedPromptOfSomebody';

let plane: Plane;
let echo: Awaited<ReturnType<typeof startEcho>>;
let collector: Awaited<ReturnType<typeof startCollector>>;
const heard: Said[] = [];
const answers: string[] = [];

beforeAll(async () => {
  [echo, collector] = await Promise.all([startEcho(), startCollector()]);
  const place = await makePlace();
  await fill(place.dataDir, { 'MEMORY.md': '# Memory' });
  const documents = { providers: providers(echo.url), 'backup-manifest': manifest(echo.url) };
  for (const [name, document] of Object.entries(documents))
    writeFileSync(join(place.configDir, `${name}.yaml`), JSON.stringify(document), { mode: 0o600 });
  plane = await startPlane({
    place,
    settings: settings({ echo: echo.url, collector: collector.url }),
    env: { PLANTED_PASSWORD: plant('EnvironmentPassword') },
  });
  await plane.ready();
  await until(() => plane.output().includes('backup of 1 file'), 60_000);
  answers.push(await ask('direct', 'echo'), await ask('durable', 'other'));
  const commands = [
    ['sync', 'run'],
    ['backup', 'status'],
    ['provider', 'verify'],
    ['notify', 'test'],
    ['doctor'],
  ];
  heard.push(...(await Promise.all(commands.map((words) => plane.nxs(...words)))));
}, 120_000);
afterAll(async () => {
  await plane.dispose();
  await Promise.all([echo.close(), collector.close()]);
});

async function ask(lane: 'direct' | 'durable', provider: string): Promise<string> {
  const { http } = await plane.run();
  const response = await fetch(`${http}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      ...{ 'content-type': 'application/json', authorization: `Bearer ${plant('GatewayKey')}` },
      ...{ 'x-nxs-durable': String(lane === 'durable'), 'x-nxs-provider': provider },
      traceparent: `00-${TRACE}-0102030405060708-01`,
    },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: PROMPT }] }),
  });
  return response.text();
}

async function scrape(): Promise<{ readonly text: string; readonly ms: number }> {
  const { http } = await plane.run();
  const began = performance.now();
  const text = await (await fetch(`${http}/metrics`)).text();
  return { text, ms: performance.now() - began };
}

function sample(text: string, series: string): number | null {
  const line = text.split('\n').find((each) => each.startsWith(`${series} `));
  return line === undefined ? null : Number(line.slice(series.length));
}

describe('a scrape', () => {
  it('has the worker, the processes and Temporal beside what the parts tell', async () => {
    const { text } = await scrape();
    expect(sample(text, 'nxs_scrape_part_ok{part="worker"}')).toBe(1);
    for (const process of ['supervisor', 'worker', 'temporal'])
      expect(sample(text, `nxs_process_resident_memory_bytes{process="${process}"}`)).toBeGreaterThan(1e7);
    expect(sample(text, 'nxs_task_queue_backlog{type="workflow"}')).toBe(0);
    expect(sample(text, 'temporal_workflow_failed_total{workflow_type="backupAndVerify"}')).toBeGreaterThan(
      0,
    );
    expect(text).toMatch(/^nxs_build_info\{version="[^"]+",node="home",runtime="v\d/m);
    expect(text).not.toMatch(/task_queue="|namespace="|workflow_id=/);
  });

  it('is what Prometheus takes, without a complaint', async (context) => {
    const { text } = await scrape();
    const run = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' });
    if (run.error !== undefined) return context.skip('promtool is not installed (Debian package prometheus)');
    expect(run.stderr + run.stdout).toBe('');
    expect(run.status).toBe(0);
  });
});

describe('traces', () => {
  it('go on from the client to each attempt at a provider, and through the worker', async () => {
    const named = (name: string) => collector.spans().filter((span) => span.name === name);
    await until(() => named('chat m').length >= 2 && named('answer failover.complete').length === 1, 20_000);
    const [request] = named('POST /v1/chat/completions').filter((span) => span.traceId === TRACE);
    expect(request).toMatchObject({ parentSpanId: '0102030405060708' });
    const attempts = named('chat m');
    const direct = attempts.find((span) => span.parentSpanId === request?.spanId);
    expect(facts(direct)).toMatchObject({
      ...{ 'gen_ai.operation.name': 'chat', 'gen_ai.provider.name': 'echo', 'gen_ai.request.model': 'm' },
      ...{ 'server.address': '127.0.0.1', 'http.response.status_code': '401' },
    });
    const activity = named('RunActivity:attemptCompletion')[0];
    expect(attempts.map((span) => span.parentSpanId)).toContain(activity?.spanId);
    expect(named('call failover.complete')[0]?.traceId).toBe(TRACE);
    expect(named('answer failover.complete')[0]?.parentSpanId).toBe(
      named('call failover.complete')[0]?.spanId,
    );
  });

  it('of a workflow have its activities below it', async () => {
    const run = await until(
      () => collector.spans().find((span) => span.name === 'RunWorkflow:backupAndVerify'),
      20_000,
    );
    const below = collector.spans().filter((span) => span.parentSpanId === run.spanId);
    expect(below.map(({ name }) => name)).toContain('RunActivity:planBackup');
    expect(below.every(({ traceId }) => traceId === run.traceId)).toBe(true);
  });

  it('have no monitor in them, no prompt and no secret; the collector gets its header', () => {
    expect(collector.spans().filter(({ name }) => name.includes('monitor'))).toEqual([]);
    expect(collector.bodies()).not.toContain('Pl4nted');
    expect(new Set(collector.keys())).toEqual(new Set([`Bearer ${plant('CollectorToken')}`]));
  });
});

describe('a planted secret', () => {
  it('is nowhere in the state directory: no log, journal, status file or database', () => {
    const found: string[] = [];
    for (const entry of readdirSync(plane.place.stateDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && readFileSync(path).includes('Pl4nted'))
        found.push(path.slice(plane.place.stateDir.length));
    }
    // The body of a durable call lies where it was put on purpose, owner-only, for a day.
    expect(found.filter((path) => !/^\/completions\/[^/]+\/request\b/.test(path))).toEqual([]);
    expect(echo.asked().some((each) => each.includes('/v1/chat'))).toBe(true);
    expect(echo.asked().some((each) => each.includes('Pl4ntedHookPath'))).toBe(true);
  });

  it('is in no history', async () => {
    const histories = await plane.client(async (client) => {
      const texts: string[] = [];
      for await (const { workflowId, runId } of client.workflow.list())
        texts.push(
          JSON.stringify(
            await client.workflow.getHandle(workflowId, runId).fetchHistory(),
            (_, value: unknown) => {
              if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8');
              return typeof value === 'bigint' ? String(value) : value;
            },
          ),
        );
      return texts;
    });
    expect(histories.length).toBeGreaterThan(2);
    expect(histories.filter((text) => text.includes('Pl4nted'))).toEqual([]);
  });

  it('is in nothing that it answers, prints or tells', async () => {
    const { http } = await plane.run();
    const pages = [
      '/api/status',
      '/api/providers',
      '/api/kpi',
      '/api/incidents',
      '/api/agent/notices',
      '/readyz',
      '/metrics',
      '/',
    ];
    for (const page of pages)
      expect([page, await (await fetch(http + page)).text()]).not.toEqual([
        page,
        expect.stringContaining('Pl4nted'),
      ]);
    for (const { stdout, stderr } of heard) expect(stdout + stderr).not.toContain('Pl4nted');
    expect(answers.join('')).not.toContain('Pl4nted');
    expect(plane.output()).not.toContain('Pl4nted');
  });
});

describe('nxs logs', () => {
  it('shows what all processes wrote, and filters it', async () => {
    const all = JSON.parse((await plane.nxs('logs', '--json')).stdout) as {
      records: { from: string; level: string }[];
      logs: string[];
    };
    expect(Object.keys(all)).toEqual(['directory', 'logs', 'records']);
    expect(Object.keys(all.records[0] ?? {})).toEqual(['time', 'level', 'from', 'msg', 'fields']);
    expect(all.logs).toEqual(expect.arrayContaining(['gateway', 'supervisor', 'temporal', 'worker']));
    expect([...new Set(all.records.map(({ from }) => from))]).toEqual(
      expect.arrayContaining(['supervisor', 'temporal', 'worker']),
    );
    const some = await plane.nxs('logs', '--from', 'supervisor', '--grep', 'backup of 1 file');
    expect(some).toMatchObject({ code: 0 });
    expect(some.stdout).toMatch(/^\d{4}-\d\d-\d\dT\S+Z INFO {2}supervisor .*backup of 1 file/);
    expect(some.stderr).toContain(join(plane.place.stateDir, 'logs'));
  });

  it.each([
    ['--level', 'loud'],
    ['--from', 'nobody'],
    ['--since', 'monday'],
  ])('refuses %s %s', async (option, value) => {
    expect((await plane.nxs('logs', option, value)).code).toBe(2);
  });
});

describe('with its worker hung', () => {
  it('the scrape is there all the same, and says what is missing', async () => {
    const { pids } = await plane.run();
    process.kill(pids.worker ?? 0, 'SIGSTOP');
    try {
      const { text, ms } = await scrape();
      expect(sample(text, 'nxs_scrape_part_ok{part="worker"}')).toBe(0);
      expect(sample(text, 'nxs_check_ok{check="worker"}')).toBe(0);
      expect(sample(text, 'nxs_up')).toBe(1);
      // The bar is a second; a machine that is busy with other tests gets more.
      expect(ms).toBeLessThan(5_000);
    } finally {
      process.kill(pids.worker ?? 0, 'SIGCONT');
    }
  });
});

function facts(span: SpanTold | undefined): Readonly<Record<string, string>> {
  return Object.fromEntries(
    (span?.attributes ?? []).map(({ key, value }) => [key, String(Object.values(value as object)[0])]),
  );
}
