// A control plane with a real child service: what a person does when it is down, with the commands, the page and plain Temporal.
import { writeFileSync } from 'node:fs';
import { readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Incident } from '../../domain/healing/incident.js';
import { linkPath } from '../../workers/healing/links.js';
import { outOfStep } from '../cli/documented.js';
import { makePlace } from '../support/e2e-place.js';
import { makeService, type Service } from '../support/e2e-service.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

const MEMORY = '# Memory\n\nEverything that matters.\n';

/** s; a whole one, so that it can be set again exactly. */
const WRITTEN = Math.floor(Date.now() / 1000) - 3600;

let plane: Plane;
let service: Service;

beforeAll(async () => {
  const place = await makePlace();
  service = await makeService(place.root);
  await writeFile(join(place.dataDir, 'MEMORY.md'), MEMORY);
  await utimes(join(place.dataDir, 'MEMORY.md'), WRITTEN, WRITTEN);
  const healing = {
    interval: '5s',
    services: [service.entry],
    levels: { 5: { permission: 'approve', sh: service.rescue } },
    approvals: { approvers: ['ops', 'bob'], expires_after: '10m' },
    limits: { cooldown: '100ms', per_hour: 1000, per_day: 1000, recurrences: 1000, snooze: '1m' },
  };
  writeFileSync(join(place.configDir, 'healing.yaml'), JSON.stringify({ healing }));
  await service.start();
  plane = await startPlane({ place });
  await plane.ready();
  // The monitor has looked once, so it knows that all is well.
  await until(async () => (await incidents()).monitor.at !== null);
}, 120_000);

afterAll(async () => {
  await plane.dispose();
  service.end();
});

interface Seen {
  readonly monitor: { readonly state: string; readonly at: string | null };
  readonly incidents: readonly (Incident & { readonly link: string | null })[];
}

async function incidents(): Promise<Seen> {
  return (await plane.get('/api/incidents')).body as unknown as Seen;
}

/** The answer of a command as JSON; its keys are those of docs/cli.md. */
async function json(args: readonly string[], ...more: readonly unknown[]): Promise<unknown> {
  const said = await plane.nxs(...args, '--json');
  const document = JSON.parse(said.stdout) as unknown;
  const [command = ''] = /^(heal \w+|\w+)/.exec(args.join(' ')) ?? [];
  expect(outOfStep(command, document, ...more), command).toEqual({ undocumented: [], unheard: [] });
  return document;
}

const newest = async () => (await incidents()).incidents[0];
const over = (id: string) =>
  until(async () => (await incidents()).incidents.find((each) => each.id === id && each.ended !== null));

/** Kills the service with a restart that fails, until a person is asked. */
async function askedFor(): Promise<Incident & { readonly link: string | null }> {
  const before = (await newest())?.id;
  service.set('broken');
  await service.kill();
  return until(async () => {
    const found = await newest();
    return found !== undefined && found.id !== before && found.asked !== null ? found : null;
  });
}

it('a service that dies is back, verified, and on record', async () => {
  await service.kill();
  const incident = await until(async () => (await incidents()).incidents.find(({ ended }) => ended !== null));
  expect(incident).toMatchObject({ state: 'healed', subject: 'service:web', kind: 'service_down' });
  expect(incident.tried).toEqual([{ level: 2, action: 'restart_services', how: 'completed' }]);
  expect(await service.isUp()).toBe(true);
  expect(service.runs()).toBe(1);
  const list = await plane.nxs('heal', 'list');
  expect([list.code, list.stdout]).toEqual([0, expect.stringContaining(incident.id)]);
  await json(['heal', 'log']);
  const log = await plane.nxs('heal', 'log', '--verify');
  expect([log.code, log.stdout]).toEqual([0, expect.stringMatching(/journal ok[\s\S]*verified/)]);
  const status = await plane.nxs('status');
  expect(status.stdout).toContain('incidents      none open');
  const { body } = await plane.get('/api/agent/notices');
  expect(body['notices']).toMatchObject([
    { action: 'restart_services', status: 'completed' },
    { status: 'verified' },
  ]);
}, 60_000);

it('a restart that fails climbs to a question; a plain signal sent while the worker is down counts, once', async () => {
  const { id, plan, asked, link } = await askedFor();
  expect(plan).toMatchObject({
    level: 5,
    permission: 'approve',
    commands: [expect.stringContaining('rescue')],
  });
  const whole = (await plane.nxs('heal', 'show', id, '--json')).json();
  const { log: _lines, ...rest } = whole;
  await json(['heal', 'list'], rest, { unseen: [], paused: { until: '', by: '', reason: '' } });
  const show = await plane.nxs('heal', 'show', id);
  expect(show.code).toBe(1);
  for (const words of [
    'refuses connections',
    'level 5',
    'left',
    `nxs approve ${id}`,
    'data loss',
    link ?? '?',
  ])
    expect(show.stdout).toContain(words);
  const { worker } = (await plane.run()).pids;
  process.kill(worker ?? 0, 'SIGSTOP');
  const signal = (name: string, by: string) =>
    plane.nxs(
      ...['temporal', 'workflow', 'signal', '--workflow-id', `nxs/home/incident/${id}`, '--name', name],
      ...['--input', JSON.stringify({ by, reason: 'by hand', request: asked?.request })],
    );
  expect((await signal('approve', 'mallory')).code).toBe(0);
  expect((await signal('approve', 'ops')).code).toBe(0);
  expect((await signal('deny', 'bob')).code).toBe(0);
  const late = await plane.nxs('approve', id, '--by', 'bob', '--reason', 'me too');
  expect([late.code, late.stdout]).toEqual([4, expect.stringContaining('no worker is polling')]);
  expect(service.runs('rescue')).toBe(0);
  process.kill(worker ?? 0, 'SIGKILL');
  const ended = await over(id);
  expect(ended.state).toBe('healed');
  expect(service.runs('rescue')).toBe(1);
  const said = ended.log.map(({ text }) => text).join('\n');
  expect(said).toMatch(/mallory may not decide[\s\S]*Approved by ops[\s\S]*nothing has changed/);
}, 90_000);

it('a denial: nothing happens, and it says by whom', async () => {
  const { id } = await askedFor();
  const before = service.runs('rescue');
  const wrong = await plane.nxs('deny', id, '--by', 'mallory', '--reason', 'no');
  expect([wrong.code, wrong.stdout]).toEqual([1, expect.stringContaining('mallory may not decide')]);
  const denied = await json(['deny', id, '--by', 'bob', '--reason', 'not now']);
  expect(denied).toMatchObject({ accepted: true, state: 'denied' });
  const again = await plane.nxs('approve', id, '--by', 'ops', '--reason', 'yes');
  expect([again.code, again.stdout]).toEqual([1, expect.stringContaining('denied by bob')]);
  expect(service.runs('rescue')).toBe(before);
  // Mended by hand: it ends by itself.
  service.set('ok');
  await service.start();
  expect((await over(id)).state).toBe('cleared');
}, 60_000);

it('the link of a notification shows the card, decides by a form, and is spent then', async () => {
  const { id, asked, plan } = await askedFor();
  const { http } = await plane.run();
  const link = { incident: id, request: asked?.request ?? '', planHash: plan?.plan_hash ?? '' };
  const url = http + linkPath(plane.place.stateDir, link);
  const send = (fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields) });
  const card = await fetch(url);
  expect([card.status, await card.text()]).toEqual([200, expect.stringMatching(/rescue[\s\S]*<form/)]);
  expect((await fetch(`${url}x`)).status).toBe(404);
  expect((await fetch(url, { headers: { origin: 'https://evil.example' } })).status).toBe(403);
  expect((await send({ verdict: 'approve', by: 'ops', reason: '' })).status).toBe(400);
  expect((await send({ verdict: 'approve', by: 'mallory', reason: 'x' })).status).toBe(409);
  const yes = await send({ verdict: 'approve', by: 'ops', reason: 'from the phone' });
  expect([yes.status, await yes.text()]).toEqual([200, expect.stringContaining('Approved by ops')]);
  expect((await over(id)).state).toBe('healed');
  expect((await fetch(url)).status).toBe(404);
}, 60_000);

it('the page shows the question, takes the answer, and counts what came of it', async () => {
  const { id, asked } = await askedFor();
  const { http } = await plane.run();
  const page = await fetch(`${http}/`);
  const cookie = page.headers.get('set-cookie')?.split(';')[0] ?? '';
  const text = await page.text();
  expect(text).toMatch(/Needs you[\s\S]*rescue/);
  const proof = /name="nxs-proof" content="([\w-]+)"/.exec(text)?.[1] ?? '';
  const press = (to: string, fields: Record<string, string>) =>
    fetch(http + to, {
      method: 'POST',
      headers: { origin: http, cookie },
      body: new URLSearchParams({ proof, incident: id, ...fields }),
    });
  const word = { request: asked?.request ?? '', by: 'ops', reason: 'seen on the page' };
  const stranger = await press('/dashboard/decide', { ...word, verdict: 'approve', proof: 'guessed' });
  expect(stranger.status).toBe(403);
  const yes = await press('/dashboard/decide', { ...word, verdict: 'approve' });
  expect([yes.status, await yes.text()]).toEqual([200, expect.stringContaining('Approved by ops')]);
  expect((await over(id)).state).toBe('healed');
  const marked = await press('/dashboard/mark', { label: 'false_positive' });
  expect(await marked.text()).toContain('It is on record');
  const kpis = (await json(['kpi'])) as { kpis: { id: string; n: number; value: number }[] };
  const rate = kpis.kpis.find((each) => each.id === 'false_positive_rate');
  expect(rate?.value).toBeGreaterThan(0);
  expect((await plane.nxs('heal', 'mark', id, 'right', '--by', 'ops')).code).toBe(0);
  const after = (await plane.get('/api/kpi?since=1h')).body as typeof kpis;
  const [recovery, now] = ['recovery_time', 'false_positive_rate'].map((kpi) =>
    after.kpis.find((each) => each.id === kpi),
  );
  expect(recovery?.n).toBeGreaterThan(1);
  expect(now).toMatchObject({ n: rate?.n, value: 0 });
  expect((await plane.get('/api/kpi?since=soon')).status).toBe(400);
}, 60_000);

it('a worker that is killed in the middle of an act: it is done once, and verified', async () => {
  const runs = service.runs();
  service.set('slow');
  await service.kill();
  await until(() => service.runs() === runs + 1);
  const { id } = await until(newest);
  process.kill((await plane.run()).pids.worker ?? 0, 'SIGKILL');
  expect((await over(id)).state).toBe('healed');
  expect(service.runs()).toBe(runs + 1);
  service.set('ok');
}, 60_000);

it('maintenance: what goes wrong waits, and is healed when it is over', async () => {
  expect((await plane.nxs('heal', 'pause', '--for', '25h')).code).toBe(2);
  expect(await json(['heal', 'pause', '--for', '1h', '--reason', 'update'])).toMatchObject({ paused: true });
  const runs = service.runs();
  await service.kill();
  const { id } = await until(async () => {
    const found = await newest();
    return found?.state === 'held' ? found : null;
  });
  expect((await plane.nxs('status')).stdout).toContain('PAUSED');
  expect(service.runs()).toBe(runs);
  expect((await plane.nxs('heal', 'resume')).code).toBe(0);
  expect((await over(id)).state).toBe('healed');
}, 60_000);

it('an incident by hand, looked at first', async () => {
  const runs = service.runs();
  const dry = await plane.nxs('heal', 'trigger', 'service_down', '--target', 'web', '--dry-run');
  expect([dry.code, dry.stdout]).toEqual([0, expect.stringMatching(/level 2[\s\S]*restart\.sh/)]);
  expect((await plane.nxs('heal', 'trigger', 'service_down', '--target', 'none')).code).toBe(2);
  expect((await plane.nxs('heal', 'trigger', 'rm')).code).toBe(2);
  expect(service.runs()).toBe(runs);
  const command = ['heal', 'trigger', 'service_down', '--target', 'web'];
  const seen = await json([...command, '--dry-run'], { reason: '', until: '' });
  expect(seen).toMatchObject({ incident: null, held: null });
  const said = await plane.nxs(...command, '--by', 'ops', '--json');
  const { incident } = JSON.parse(said.stdout) as { readonly incident: string };
  expect(await over(incident)).toMatchObject({ state: 'healed', by: 'ops' });
  expect(service.runs()).toBe(runs + 1);
  const doctor = await plane.nxs('doctor');
  for (const subject of ['memory', 'system', 'service:web', 'disk:', 'data'])
    expect(doctor.stdout).toContain(`host: ${subject}`);
}, 60_000);

it('bytes that changed on the disk while nobody wrote: it asks, and the backup brings them back', async () => {
  const file = join(plane.place.dataDir, 'MEMORY.md');
  await writeFile(file, MEMORY.replace('matters', 'mutters'));
  await utimes(file, WRITTEN, WRITTEN);
  const { id, plan } = await until(async () => {
    const found = await newest();
    return found?.kind === 'data_corruption' && found.asked !== null ? found : null;
  });
  expect(plan).toMatchObject({ level: 6, commands: ['nxs backup restore MEMORY.md'] });
  expect((await plane.nxs('approve', id, '--by', 'ops', '--reason', 'bring it back')).code).toBe(0);
  expect((await over(id)).state).toBe('healed');
  expect(await readFile(file, 'utf8')).toBe(MEMORY);
}, 90_000);
