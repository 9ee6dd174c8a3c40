// A configuration that changes while the control plane runs and a client hears an answer.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ReloadFile } from '../../workers/reload-file.js';
import type { ProvidersView } from '../../gateway/view.js';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { makePlace } from '../support/e2e-place.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';

let old: ScriptedUpstream;
let next: ScriptedUpstream;
let plane: Plane;

beforeAll(async () => {
  old = await openUpstream({ model: 'model-a', pace: 100 });
  next = await openUpstream({ model: 'model-b', pace: 1 });
  const place = await makePlace();
  writeProviders(place.configDir, [provider('first', old)]);
  plane = await startPlane({ place });
  await plane.ready();
}, 120_000);
afterAll(async () => {
  await plane.dispose();
  await Promise.all([old.close(), next.close()]);
});

function provider(name: string, upstream: ScriptedUpstream): object {
  return {
    name,
    base_url: upstream.url,
    model: upstream.model,
    priority: 1,
    api_key: 'key-that-nobody-sees',
  };
}

function writeProviders(dir: string, providers: readonly object[]): void {
  writeFileSync(join(dir, 'providers.yaml'), JSON.stringify({ providers }));
}

async function ask(stream: boolean): Promise<Response> {
  const { http } = await plane.run();
  return fetch(`${http}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', stream, messages: [{ role: 'user', content: 'hello' }] }),
  });
}

async function names(): Promise<readonly string[]> {
  const { body } = await plane.get('/api/providers');
  return (body as unknown as ProvidersView).providers.map(({ name }) => name);
}

test('a broken file changes nothing; a whole one is in force at once, and a running stream ends by the old rules', async () => {
  const { configDir, stateDir } = plane.place;
  const { pid, pids } = await plane.run();
  const running = await ask(true);
  expect(running.headers.get('x-nxs-provider')).toBe('first');

  writeFileSync(join(configDir, 'providers.yaml'), 'providers: [{ name: first, api_kye: x }]');
  const broken = await plane.nxs('config', 'reload');
  expect(broken.code).toBe(2);
  expect(broken.stderr).toContain('Nothing was changed.');
  expect(broken.stderr).toContain('api_key');
  // The supervisor itself finds the same, asked by a signal.
  process.kill(pid, 'SIGHUP');
  const refused = await until(() => reloadFile(stateDir));
  expect(refused.state).toBe('refused');
  expect(await names()).toEqual(['first']);

  writeProviders(configDir, [provider('second', next)]);
  writeFileSync(join(configDir, 'resilience-dashboard.yaml'), 'dashboard: { title: [not a title] }');
  const reloaded = await plane.nxs('config', 'reload', '--json');
  const told = JSON.parse(reloaded.stdout) as ReloadFile;
  expect([reloaded.code, told.state, told.restart]).toEqual([0, 'in_force', []]);
  expect(told.changed).toEqual(
    expect.arrayContaining([
      'providers.yaml: providers[first] (removed)',
      'providers.yaml: providers[second] (added)',
    ]),
  );
  expect(told.digest).not.toBe(told.before);
  expect(reloaded.stdout + plane.output()).not.toContain('key-that-nobody-sees');
  expect(await names()).toEqual(['second']);
  expect((await ask(false)).headers.get('x-nxs-provider')).toBe('second');
  const text = await running.text();
  expect(text).toContain('[DONE]');
  expect(text).toContain('model-a');

  const after = await plane.run();
  expect(after.pid).toBe(pid);
  expect(after.pids.worker).not.toBe(pids.worker);
  // A cluster somewhere else may need a moment to say that it serves.
  await until(async () => (await plane.get('/readyz')).status === 200);
  const manager = await plane.client((client) =>
    client.workflow.getHandle('nxs/home/providers').query('status'),
  );
  expect(JSON.stringify(manager)).toContain('second');
  const journal = await plane.nxs('journal', 'show', '--json');
  expect(journal.stdout).toContain('config.reloaded');
}, 120_000);

test('what needs a restart is told and not half applied', async () => {
  const { configDir, stateDir } = plane.place;
  const file = join(configDir, 'nxs.yaml');
  const before = readFileSync(file, 'utf8');
  const settings = JSON.parse(before) as { http: object };
  const { http } = await plane.run();
  writeFileSync(
    file,
    JSON.stringify({ ...settings, http: { ...settings.http, port: 1, token: 'abcdefgh12' } }),
  );
  const reloaded = await plane.nxs('config', 'reload', '--json');
  writeFileSync(file, before);
  const told = JSON.parse(reloaded.stdout) as ReloadFile;
  expect([reloaded.code, told.state, told.changed]).toEqual([1, 'unchanged', []]);
  expect(told.restart).toEqual(['nxs.yaml: http.port (changed)', 'nxs.yaml: http.token (added)']);
  expect((await plane.run()).http).toBe(http);
  expect((await reloadFile(stateDir))?.state).toBe('unchanged');
});

async function reloadFile(stateDir: string): Promise<ReloadFile | null> {
  await Promise.resolve();
  try {
    return JSON.parse(readFileSync(join(stateDir, 'reload.json'), 'utf8')) as ReloadFile;
  } catch {
    return null;
  }
}
