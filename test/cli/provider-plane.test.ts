// Commands that need the whole control plane: the manager workflow, the durable lane, the journal.
import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { collect, spawnNxs, type Said } from '../support/e2e-cli.js';
import { filesIn, makePlace } from '../support/e2e-place.js';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { startPlane, type Plane } from '../support/temporal-e2e.js';
import { until } from '../support/until.js';
import { documentedKeys, keysOf } from './documented.js';

const KEY = 'Pl4ntedProviderKeyFFFFFFFFFFFF';
const PROMPT = 'Pl4ntedPromptGGGGGGGGGGGG';

const heard: string[] = [];
let plane: Plane;
let first: ScriptedUpstream;
let second: ScriptedUpstream;

beforeAll(async () => {
  first = await openUpstream({ model: 'm-1', tokens: ['from ', 'the ', 'first'] });
  second = await openUpstream({ model: 'm-2', tokens: ['from ', 'the ', 'second'] });
  const place = await makePlace();
  const providers = [
    { name: 'first', base_url: first.url, model: 'm-1', api_key: KEY, priority: 1, retry: 0 },
    { name: 'second', base_url: second.url, model: 'm-2', priority: 2 },
    { name: 'keyless', base_url: 'https://llm.invalid/v1', api_key: '${KEY_NOBODY_HAS}', priority: 3 },
  ];
  await writeFile(join(place.configDir, 'providers.yaml'), JSON.stringify({ providers }));
  plane = await startPlane({ place });
  await plane.ready();
}, 120_000);
afterAll(async () => {
  await plane.dispose();
  await Promise.all([first.close(), second.close()]);
});

async function run(...args: readonly string[]): Promise<Said> {
  const said = await plane.nxs(...args);
  heard.push(said.stdout, said.stderr);
  return said;
}

const document = (said: Said) => said.json();

function expectInStep(command: string, ...documents: readonly unknown[]): void {
  const { words, keys } = documentedKeys(command);
  const there = keysOf(...documents);
  expect(
    [...there].filter((key) => !words.has(key)),
    `nxs ${command}: there, not documented`,
  ).toEqual([]);
  expect(
    [...keys].filter((key) => !there.has(key)),
    `nxs ${command}: documented, not there`,
  ).toEqual([]);
}

describe('nxs ask through the durable lane', () => {
  it('names who answered and links the workflow, which Temporal knows as completed', async () => {
    const said = await run('ask', PROMPT, '--json');
    expect(said.code, said.stderr).toBe(0);
    const told = document(said);
    expect(told).toMatchObject({ answer: 'from the first', provider: 'first', lane: 'durable', attempts: 1 });
    const id = String(told['workflow_id']);
    expect(id).toMatch(/^nxs\/home\/completion\//);
    expect(told['link']).toBe(
      `${String((await plane.run()).ui)}/namespaces/default/workflows/${encodeURIComponent(id)}`,
    );
    const { status } = await plane.client((client) => client.workflow.getHandle(id).describe());
    expect(status.name).toBe('COMPLETED');
    expectInStep('ask', { ...told, usage: null });
  }, 60_000);

  it('shows the failover in words, and the journal has it', async () => {
    first.play(() => ({ kind: 'error', status: 500, message: 'down', code: null }));
    const said = await run('ask', 'hello', '--system', 'be short');
    expect(said.stdout).toBe('from the second\n');
    expect(said.stderr).toMatch(
      /second \(m-2\) answered, 2 attempts, durable lane, .+workflows\/nxs%2Fhome%2Fcompletion/,
    );
    const direct = await run('ask', '--direct', 'hello');
    expect(direct.stderr).toContain('second (m-2) answered, 2 attempts, direct lane');
    first.play(() => ({ kind: 'answer' }));
    const events = JSON.parse(
      (await run('journal', 'show', '--type', 'provider.failover', '--json')).stdout,
    ) as { data: object }[];
    // One outage is told once, by the call that met it first.
    expect(events.map(({ data }) => data)).toEqual([
      expect.objectContaining({ from: 'first', to: 'second', reason: 'server_error', lane: 'durable' }),
    ]);
  }, 60_000);
});

describe('Ctrl-C on a durable question', () => {
  it('ends the command with 4 and not the call, which another provider answers', async () => {
    first.play(() => ({ kind: 'silent' }));
    const asked = first.attempts().length;
    const before = second.attempts().length;
    const child = spawnNxs(['ask', 'hello'], plane.env);
    const ended = collect(child);
    await until(() => first.attempts().length > asked);
    child.kill('SIGINT');
    const said = await ended;
    expect([said.code, said.stdout]).toEqual([4, '']);
    expect(said.stderr).toContain('what was accepted goes on');
    await until(() => second.attempts().length > before);
    first.play(() => ({ kind: 'answer' }));
    await run('provider', 'reset');
  }, 60_000);
});

describe('nxs provider switch', () => {
  it('--backup puts the next one first at once, with an end and a name, in every lane and view', async () => {
    const said = await run('provider', 'switch', '--backup', '--for', '1h', '--by', 'ann', '--json');
    expect(said.code, said.stderr).toBe(0);
    const told = document(said);
    expect(told).toMatchObject({ queued: false, to: 'second', order: ['second', 'first'] });
    expect(Date.parse(String(told['until'])) - Date.now()).toBeGreaterThan(3_500_000);
    expectInStep('provider switch', told);
    expect((await run('ask', '--direct', 'hello')).stdout).toBe('from the second\n');
    const list = document(await run('provider', 'list', '--json'));
    expect(list).toMatchObject({ running: true, switch: { to: 'second', by: 'ann', until: told['until'] } });
    const health = { state: 'good', detail: '', at: '' };
    const providers = (list['providers'] as object[]).map((each) => ({ ...each, health }));
    expectInStep('provider list', { ...list, providers });
    const status = await run('status');
    expect(status.stdout).toMatch(/^providers {6}second first \(2 closed, 1 not configured\)$/m);
    expect(status.stdout).toContain('  switched to second by ann until');
  }, 60_000);

  it('--primary gives the choice back, in words', async () => {
    const said = await run('provider', 'switch', '--primary');
    expect(said).toMatchObject({ code: 0, stdout: 'first goes first by policy, then second\n' });
    expect((await run('ask', '--direct', 'hello')).stdout).toBe('from the first\n');
  }, 60_000);

  it.each([
    ['nobody', /no provider "nobody"; known: primary, backup, first, second/],
    ['keyless', /keyless is not configured/],
  ])(
    '--to %s is refused with 2 and one sentence',
    async (name, sentence) => {
      const said = await run('provider', 'switch', '--to', name);
      expect([said.code, said.stdout]).toEqual([2, '']);
      expect(said.stderr).toMatch(sentence);
    },
    60_000,
  );

  it.each([
    [[]],
    [['--backup', '--primary']],
    [['--backup', '--for', 'soon']],
    [['--backup', '--for', '0s']],
    [['--primary', '--for', '1h']],
  ])('%j cannot be meant', async (args) => {
    expect((await run('provider', 'switch', ...args)).code).toBe(2);
  });
});

describe('nxs provider reset', () => {
  it('closes a breaker before it returns', async () => {
    first.play(() => ({ kind: 'error', status: 401, message: 'no', code: 'invalid_api_key' }));
    await run('ask', '--direct', 'hello');
    const before = await run('provider', 'list');
    expect(before.stdout).toMatch(/first +m-1 +open, \d+ s left .+unauthorized 401/);
    first.play(() => ({ kind: 'answer' }));
    const said = await run('provider', 'reset', 'first', '--json');
    expect(said.code, said.stderr).toBe(0);
    expectInStep('provider reset', document(said), { queued: false });
    expect((await run('provider', 'list')).stdout).toMatch(/^1 {2}first +m-1 +closed/m);
    expect((await run('provider', 'reset', 'nobody')).code).toBe(2);
    expect((await run('provider', 'reset')).stdout).toMatch(/^all providers: .+first goes first by policy/);
  }, 60_000);
});

describe('while no worker polls', () => {
  it('a switch is queued, said so with 4, and holds when a worker is back', async () => {
    const { pids } = await plane.run();
    process.kill(pids.worker ?? 0, 'SIGSTOP');
    try {
      const said = await run('provider', 'switch', '--to', 'second', '--by', 'bob');
      expect([said.code, said.stdout]).toEqual([
        4,
        'queued: no worker is polling; the switch comes into force when one does\n',
      ]);
    } finally {
      process.kill(pids.worker ?? 0, 'SIGCONT');
    }
    await until(async () => {
      const list = document(await run('provider', 'list', '--json'));
      return (list['switch'] as { by: string } | null)?.by === 'bob';
    }, 60_000);
  }, 120_000);
});

describe('prompts and keys', () => {
  it('are in no history, log, journal or snapshot and in no output: prompts lie in owner-only files', async () => {
    const answers = await Promise.all(
      ['/api/providers', '/api/status', '/metrics', '/v1/models'].map(async (path) =>
        (await fetch((await plane.run()).http + path)).text(),
      ),
    );
    await plane.stop();
    const files = await filesIn(plane.place.stateDir);
    const bodies = [...files.keys()].filter((path) => path.startsWith('completions/'));
    expect(bodies.length).toBeGreaterThan(0);
    for (const path of bodies) {
      expect([path, statSync(join(plane.place.stateDir, path)).mode & 0o077]).toEqual([path, 0]);
      files.delete(path);
    }
    const texts = new Map([...files].map(([path, bytes]) => [path, bytes.toString('latin1')]));
    // Payloads lie there as they were sent: what a workflow was given would be seen.
    const engine = [...texts].filter(([path]) => path.startsWith('temporal/'));
    expect(engine.some(([, text]) => text.includes('"promptTokens"'))).toBe(true);
    [...answers, plane.output(), ...heard].forEach((text, index) => texts.set(`said ${index}`, text));
    for (const [where, text] of texts)
      for (const secret of [KEY, PROMPT]) expect([where, text.includes(secret)]).toEqual([where, false]);
  }, 60_000);
});
