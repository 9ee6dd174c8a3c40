import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCliFront, type CliFront } from '../support/cli-front.js';
import { writeRunFile } from '../../workers/run-file.js';
import { collect, nxs, ROOT, sealedEnv, spawnNxs } from '../support/e2e-cli.js';
import { makePlace, removePlace } from '../support/e2e-place.js';
import { openUpstream, type ScriptedUpstream } from '../support/llm-upstream.js';
import { until } from '../support/until.js';

const ESCAPE = '\u001b';
const TOKENS = ['Blue', ' and', ' green', '.'];

let good: ScriptedUpstream;
let bad: ScriptedUpstream;
let front: CliFront;

beforeAll(async () => {
  good = await openUpstream({ model: 'good-1', tokens: TOKENS });
  bad = await openUpstream({
    model: 'bad-1',
    script: () => ({ kind: 'error', status: 503, message: 'down', code: null }),
  });
  const rules = { retry: 0, circuit_breaker: { failure_threshold: 1000 } };
  front = await startCliFront({
    providers: [
      { name: 'first', base_url: bad.url, model: bad.model, priority: 1, ...rules },
      { name: 'second', base_url: good.url, model: good.model, priority: 2, ...rules },
    ],
  });
}, 120_000);
afterAll(async () => {
  await front.dispose();
  await Promise.all([good.close(), bad.close()]);
});

describe('nxs ask --direct', () => {
  it('prints the answer on stdout, and on stderr who gave it after how many attempts', async () => {
    const said = await front.nxs('ask', '--direct', 'Which colours?');
    expect(said.stdout).toBe('Blue and green.\n');
    expect(said.stderr).toMatch(/^second \(good-1\) answered, 2 attempts, direct lane, \d+\.\d s\n$/);
    expect(said.code).toBe(0);
  });

  it('is one document with --json', async () => {
    const said = await front.nxs('ask', '--direct', '--json', '--provider', 'second', 'Which colours?');
    expect(said.json()).toMatchObject({
      answer: 'Blue and green.',
      provider: 'second',
      model: 'good-1',
      lane: 'direct',
      attempts: 1,
      workflow_id: null,
      link: null,
      finish_reason: 'stop',
    });
  });

  it('reads the prompt from stdin for -', async () => {
    const before = good.attempts().length;
    const child = spawn(process.execPath, [join(ROOT, 'bin/nxs'), 'ask', '--direct', '-'], {
      env: sealedEnv(front.place.env),
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    child.stdin.end('Which colours?\n');
    expect(await collect(child)).toMatchObject({ code: 0, stdout: 'Blue and green.\n' });
    expect(good.attempts().length).toBe(before + 1);
  });

  it('with a provider that fails ends with 1, since no other one may answer', async () => {
    const said = await front.nxs('ask', '--direct', '--provider', 'first', 'hi');
    expect([said.code, said.stdout]).toEqual([1, '']);
    expect(said.stderr).toMatch(/^nxs: No provider can answer now \(first: .+\)\.\n/);
    const json = await front.nxs('ask', '--direct', '--provider', 'first', '--json', 'hi');
    expect(json.json()).toMatchObject({ error: { code: 'NO_PROVIDER_ANSWERED', details: { status: 503 } } });
  });

  it.each([['nobody'], ['Zürich']])('with the unknown provider %s ends with 2', async (name) => {
    const said = await front.nxs('ask', '--direct', '--provider', name, 'hi');
    expect(said.code).toBe(2);
    expect(said.stderr).toMatch(/there is no (configured|such) provider/i);
  });

  it.each([[''], ['   ']])('with the empty prompt "%s" ends with 2', async (prompt) => {
    expect((await front.nxs('ask', '--direct', prompt)).code).toBe(2);
  });

  it('says that a broken answer is incomplete, after what came of it', async () => {
    good.play(() => ({ kind: 'cut', after: 2, how: 'broken' }));
    const said = await front.nxs('ask', '--direct', '--provider', 'second', 'hi');
    good.play(() => ({ kind: 'answer' }));
    expect(said).toMatchObject({ code: 1, stdout: 'Blue and\n' });
    expect(said.stderr).toContain('incomplete');
  });

  it('lets the provider go on Ctrl-C, and ends with 4', async () => {
    good.play(() => ({ kind: 'stall', after: 2, pause: 60_000 }));
    const child = spawnNxs(['ask', '--direct', '--provider', 'second', 'hi'], front.place.env);
    const ended = collect(child);
    if (child.stdout !== null) await once(child.stdout, 'data');
    child.kill('SIGINT');
    const said = await ended;
    good.play(() => ({ kind: 'answer' }));
    expect(said.code).toBe(4);
    expect(said.stdout).toMatch(/^Blue.*\n$/);
    expect(said.stderr).toContain('Interrupted');
    await until(() => good.connections() === 0);
  });
});

const onTerminal = spawnSync('script', ['--version']).error === undefined;

describe.skipIf(!onTerminal)(`on a terminal${onTerminal ? '' : ' (needs the program script)'}`, () => {
  it('controls in an answer do not reach the screen, and a pipe gets it unchanged', async () => {
    const sly = await openUpstream({ model: 'sly', tokens: ['safe', `${ESCAPE}[2J`, '\u0007end'] });
    const own = await startCliFront({ providers: [{ name: 'sly', base_url: sly.url, model: 'sly' }] });
    try {
      const command = `${process.execPath} ${join(ROOT, 'bin/nxs')} ask --direct hi 2>/dev/null`;
      const child = spawn('script', ['-qec', command, '/dev/null'], {
        env: sealedEnv({ ...own.place.env, TERM: 'xterm', SHELL: '/bin/sh' }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      expect((await collect(child)).stdout).toContain('safe[2Jend');
      expect((await own.nxs('ask', '--direct', 'hi')).stdout).toBe(`safe${ESCAPE}[2J\u0007end\n`);
    } finally {
      await own.dispose();
      await sly.close();
    }
  }, 30_000);
});

describe('a gateway with a key of its own', () => {
  it('is given the configured one, and its refusal of another is told as a mistake in the configuration', async () => {
    const own = await startCliFront({
      providers: [{ name: 'second', base_url: good.url, model: good.model }],
      settings: { gateway: { api_key: 'key-of-the-gateway' }, http: { token: 'token-of-the-front' } },
    });
    try {
      expect((await own.nxs('ask', '--direct', 'hi')).stdout).toBe('Blue and green.\n');
      await writeFile(
        join(own.place.configDir, 'nxs.yaml'),
        JSON.stringify({ gateway: { api_key: 'another' } }),
      );
      const said = await own.nxs('ask', '--direct', 'hi');
      expect(said.code).toBe(2);
      expect(said.stderr).toContain('gateway.api_key');
      expect(said.stderr).not.toContain('another');
    } finally {
      await own.dispose();
    }
  }, 30_000);
});

describe('what the front refuses', () => {
  it.each([
    [503, 'no_provider_available', 1],
    [503, 'durable_lane_unavailable', 3],
    [504, 'timeout', 1],
    [400, 'unknown_provider', 2],
    [401, 'invalid_api_key', 2],
  ])('%i %s ends with %i, and its sentence is said without controls', async (status, code, exit) => {
    const place = await makePlace();
    const server = createServer((request, response) => {
      request.resume();
      const error = { message: `said${ESCAPE}[2J by the front`, type: 'x', param: null, code };
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ error }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const http = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const pids = { worker: null, temporal: null };
    const none = { pid: process.pid, pids, node: 'home', temporal: '127.0.0.1:9', ui: null, started: '' };
    await writeRunFile(place.stateDir, { ...none, http });
    const said = await nxs(['ask', 'hi'], place.env);
    server.close();
    await removePlace(place);
    expect([said.code, said.stdout]).toEqual([exit, '']);
    expect(said.stderr).toContain('said[2J by the front');
    expect(said.stderr.includes('--direct')).toBe(code === 'durable_lane_unavailable');
  });
});

describe('without a control plane', () => {
  it('ends with 3 and says how to start one, also when a killed one left its run.json', async () => {
    const own = await startCliFront({ providers: [] });
    await own.stop();
    const said = await own.nxs('ask', 'hi');
    expect(said.code).toBe(3);
    expect(said.stderr).toMatch(/^nxs: No control plane is running .+\n {2}Start the control plane/m);
    await own.dispose();
  }, 30_000);
});
