// A control plane with encryption on, and then its database, its raw histories and its schedules: nothing that anybody wrote, said or
// named is there in plain, and all of it is still of use to those who have the key.
import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { connectTemporal } from '../../adapters/temporal/connect.js';
import { embeddedTarget } from '../../adapters/temporal/target.js';
import type { Incident } from '../../domain/healing/incident.js';
import { outOfStep } from '../cli/documented.js';
import { fill, makePlace } from '../support/e2e-place.js';
import { makeService, type Service } from '../support/e2e-service.js';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const run = promisify(execFile);
/** Another server than our own has its database elsewhere. */
const ON_CLUSTER = process.env['NXS_TEST_TEMPORAL'] !== undefined;
const KEY = { id: 'key-a', key: randomBytes(32).toString('base64') };
/** A command, an approver, a reason, the name of a provider, what a failing script says: they travel through workflows. */
const IN_HISTORY = [
  'PlantedCommand',
  'planted-approver',
  'PlantedReason',
  'planted-llm',
  'cannot start: broken',
];
/** A file's name and a prompt, which do not travel at all. */
const PLANTED = [...IN_HISTORY, 'PlantedDiary', 'PlantedPrompt'];
/** Sent in plain by a person, so it stays plain. */
const TYPED = 'typed by hand';

let plane: Plane;
let service: Service;
let llm: ScriptedUpstream;

beforeAll(async () => {
  const place = await makePlace();
  service = await makeService(place.root);
  llm = await openUpstream({ model: 'model-a', pace: 1 });
  await fill(place.dataDir, { 'MEMORY.md': '# Memory', 'memory/PlantedDiary.md': 'dear diary' });
  const healing = {
    interval: '5s',
    services: [service.entry],
    levels: { 5: { permission: 'approve', sh: `: PlantedCommand; ${service.rescue}` } },
    approvals: { approvers: ['ops', 'planted-approver'], expires_after: '10m', quorum: 2 },
    limits: { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000, snooze: '1m' },
  };
  writeFileSync(join(place.configDir, 'healing.yaml'), JSON.stringify({ healing }));
  const providers = [{ name: 'planted-llm', base_url: llm.url, model: 'model-a', priority: 1 }];
  writeFileSync(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers }));
  writeFileSync(join(place.configDir, '.env'), `E2E_KEY=${KEY.key}\n`, { mode: 0o600 });
  await service.start();
  plane = await startPlane({ place, encryption: { keys: [{ id: KEY.id, key: '${E2E_KEY}' }] } });
  await plane.ready();
  await until(() => plane.output().includes('backup of 2 files'), 60_000);
}, 120_000);

afterAll(async () => {
  await plane.dispose();
  await llm.close();
  service.end();
});

interface Seen {
  readonly incidents: readonly Incident[];
}

const incidents = async () => ((await plane.get('/api/incidents')).body as unknown as Seen).incidents;

async function askedFor(): Promise<Incident> {
  const before = (await incidents())[0]?.id;
  service.set('broken');
  await service.kill();
  return until(async () => {
    const found = (await incidents())[0];
    return found !== undefined && found.id !== before && found.asked !== null ? found : null;
  });
}

const over = (id: string) =>
  until(async () => (await incidents()).find((each) => each.id === id && each.ended !== null));

/** Temporal's own command line, which knows nothing of us. */
async function temporal(...args: readonly string[]): Promise<string> {
  const { temporal: address } = await plane.run();
  const namespace = await plane.client((client) => Promise.resolve(client.options.namespace));
  const env = { ...plane.env, TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace };
  return (await run(inject('temporalCli'), args, { env, maxBuffer: 64_000_000 })).stdout;
}

interface Stored {
  readonly metadata: Readonly<Record<string, string>>;
  readonly data?: string;
}

/** Every payload of a document in proto3 JSON. */
function payloadsIn(value: unknown): readonly Stored[] {
  if (typeof value !== 'object' || value === null) return [];
  const { metadata } = value as Partial<Stored>;
  if (typeof metadata === 'object' && 'encoding' in metadata) return [value as Stored];
  return Object.values(value).flatMap(payloadsIn);
}

function textOf(payloads: readonly Stored[]): string {
  return payloads.map(({ data = '' }) => Buffer.from(data, 'base64').toString('utf8')).join('\n');
}

/** The server's own files. */
async function database(): Promise<Buffer> {
  const file = join(plane.place.stateDir, 'temporal/temporal.db');
  const files = [file, `${file}-wal`].filter((each) => existsSync(each));
  return Buffer.concat(await Promise.all(files.map((each) => readFile(each))));
}

it('a plain signal and the command approve together, an encrypted signal denies; a durable completion answers', async () => {
  const { id, asked } = await askedFor();
  const workflow = ['workflow', 'signal', '--workflow-id', `nxs/home/incident/${id}`];
  const request = asked?.request;
  await temporal(
    ...workflow,
    '--name',
    'approve',
    '--input',
    JSON.stringify({ by: 'ops', reason: TYPED, request }),
  );
  const yes = await plane.nxs('approve', id, '--by', 'planted-approver', '--reason', 'PlantedReason');
  expect([yes.code, yes.stdout]).toEqual([0, expect.stringContaining('planted-approver')]);
  expect((await over(id)).state).toBe('healed');
  const second = await askedFor();
  // Through the codec endpoint: it leaves this machine encrypted.
  const no = { by: 'planted-approver', reason: 'PlantedDenial', request: second.asked?.request };
  const sent = await plane.nxs(
    ...[
      'temporal',
      'workflow',
      'signal',
      '--workflow-id',
      `nxs/home/incident/${second.id}`,
      '--name',
      'deny',
    ],
    ...['--input', JSON.stringify(no)],
  );
  expect(sent.code).toBe(0);
  await until(async () =>
    (await incidents())[0]?.log.some(({ text }) => /denied by planted-approver/i.test(text)),
  );
  expect((await plane.nxs('ask', 'PlantedPrompt')).code).toBe(0);
  llm.play(() => ({ kind: 'error', status: 400, message: 'PlantedReason of a refusal', code: null }));
  expect((await plane.nxs('ask', 'PlantedPrompt')).code).not.toBe(0);
}, 90_000);

it.skipIf(ON_CLUSTER)(
  'the database has ids and search attributes, and nothing of what was said',
  async () => {
    const bytes = await database();
    for (const words of ['nxs/home/incident/', 'NxsKind', 'backupAndVerify', KEY.id, TYPED])
      expect([words, bytes.includes(words)]).toEqual([words, true]);
    for (const words of [...PLANTED, KEY.key]) expect([words, bytes.includes(words)]).toEqual([words, false]);
  },
);

it('raw histories and schedules show none of it, the codec endpoint shows all of it', async () => {
  const { documents, incident } = await plane.client(async (client) => {
    const { namespace } = client.options;
    const { executions } = await client.workflowService.listWorkflowExecutions({ namespace });
    const ids = executions.map(({ execution }) => execution?.workflowId ?? '');
    const histories = await Promise.all(ids.map((id) => client.workflow.getHandle(id).fetchHistory()));
    const scheduleId = 'nxs-home-backup';
    const schedule = await client.workflowService.describeSchedule({ namespace, scheduleId });
    const all: unknown = JSON.parse(JSON.stringify([executions, histories, schedule]));
    return { documents: all, incident: ids.find((id) => id.includes('/incident/')) ?? '' };
  });
  const payloads = payloadsIn(documents);
  expect(payloads.length).toBeGreaterThan(50);
  const { http } = await plane.run();
  const reply = await fetch(`${http}/codec/decode`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ payloads }),
  });
  const opened = (await reply.json()) as { readonly payloads: readonly Stored[] };
  const hidden = JSON.stringify(documents) + textOf(payloads);
  const clear = textOf(opened.payloads);
  const dataDir = `scheduled backup of ${plane.place.dataDir}`;
  for (const words of [...IN_HISTORY, '"trigger":"schedule"', dataDir])
    expect([words, hidden.includes(words), clear.includes(words)]).toEqual([words, false, true]);
  for (const words of [TYPED, 'Encoded failure', incident]) expect(hidden).toContain(words);
  const show = ['workflow', 'show', '--workflow-id', incident, '--output', 'json'];
  const [plain, ours] = [await temporal(...show), (await plane.nxs('temporal', ...show)).stdout];
  const seen = (text: string) => textOf(payloadsIn(JSON.parse(text))).includes('PlantedCommand');
  expect([seen(plain), seen(ours)]).toEqual([false, true]);
}, 60_000);

it('`nxs encryption status` and `nxs doctor` say which key encrypts', async () => {
  const status = await plane.nxs('encryption', 'status', '--json');
  const document = status.json();
  expect(status.code).toBe(0);
  expect(document).toMatchObject({ encrypts: KEY.id, reads: [], unknown: null, droppable: false });
  expect(outOfStep('encryption status', document)).toEqual({ undocumented: [], unheard: [] });
  const doctor = await plane.nxs('doctor');
  expect(doctor.stdout).toContain(`the key ${KEY.id} encrypts`);
  for (const { stdout, stderr } of [status, doctor, await plane.nxs('config', 'show', '--json')])
    expect(stdout + stderr).not.toContain(KEY.key);
});

it('a payload of a key that is not here is said: /readyz, the log and `nxs doctor` name the key', async () => {
  const { temporal: address } = await plane.run();
  const stranger = { id: 'lost-key', key: randomBytes(32).toString('base64') };
  const { client, close } = await connectTemporal({
    ...embeddedTarget(address, [stranger]),
    namespace: await plane.client((each) => Promise.resolve(each.options.namespace)),
  });
  await client.workflow.start('backupAndVerify', {
    workflowId: 'nxs/home/backup/of-a-stranger',
    taskQueue: 'nxs-home',
    args: [{ node: 'home' }],
  });
  const said = await until(async () => {
    const { status, body } = await plane.get('/readyz');
    return status === 503 ? body : null;
  });
  expect(said).toMatchObject({
    checks: { payloads: false, worker: true },
    detail: expect.stringContaining('It needs the key "lost-key"') as string,
  });
  const log = await readFile(join(plane.place.stateDir, 'logs/worker.log'), 'utf8');
  expect(log).toContain('PAYLOAD_UNREADABLE');
  expect(log).not.toContain(KEY.key);
  const doctor = await plane.nxs('doctor');
  expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining('the key "lost-key"')]);
  await client.workflow.getHandle('nxs/home/backup/of-a-stranger').terminate();
  await close();
}, 60_000);
