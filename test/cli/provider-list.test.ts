import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../../domain/failover/fault.js';
import { nxsProvider, startCliFront, type CliFront } from '../support/cli-front.js';
import { ensureBuilt, nxs } from '../support/e2e-cli.js';
import { makePlace, removePlace } from '../support/e2e-place.js';

const ANYWHERE = 'http://127.0.0.1:9/v1';
const providers = [
  { name: 'first', base_url: ANYWHERE, model: 'm-1', priority: 1, circuit_breaker: { failure_threshold: 1 } },
  {
    name: 'second',
    base_url: ANYWHERE,
    model: 'm-2',
    priority: 2,
    circuit_breaker: { failure_threshold: 1 },
  },
  { name: 'keyless', base_url: 'https://llm.invalid/v1', api_key: '${KEY_NOBODY_HAS}', priority: 0 },
];

let front: CliFront;
beforeAll(async () => {
  front = await startCliFront({ providers });
}, 120_000);
afterAll(() => front.dispose());

/** One failed call, as the desk hears of it. */
function fail(name: string, fault: Fault): void {
  const desk = front.gateway.desk();
  const rules = desk.roster.usable.find((each) => each.rules.name === name)?.rules;
  if (rules === undefined) throw new Error(`no provider ${name}`);
  const facts = {
    kind: 'chat',
    stream: false,
    needs: [],
    model: null,
    only: null,
    localOnly: false,
    promptTokens: 1,
  } as const;
  const claim = desk.claim(rules, facts);
  if (!claim.granted) throw new Error(`${name} lets nobody in`);
  desk.settle(claim.grant, {
    kind: 'fault',
    observation: { fault, status: null, retryAfter: null, detail: fault },
  });
}

const names = (document: Record<string, unknown>) =>
  (document['providers'] as { name: string; state: string }[]).map(({ name, state }) => `${name} ${state}`);

describe('nxs provider list', () => {
  it('asks the running front, and shows who is not configured and by which variable', async () => {
    const said = await front.nxs('provider', 'list');
    expect(said.code).toBe(0);
    expect(said.stdout).toMatch(/^1 {2}first +m-1 +closed/m);
    expect(said.stdout).toMatch(/^2 {2}second +m-2 +closed/m);
    expect(said.stdout).toMatch(/^3 {2}keyless .+not configured.+KEY_NOBODY_HAS is not set$/m);
    expect(said.stdout).toContain('first is asked first, by policy (sequential)');
    expect(said.stdout).not.toContain('not running');
    expect((await front.nxs('provider', 'list', '--json')).json()).toMatchObject({
      running: true,
      switch: null,
    });
  });

  it('shows the seconds that an open breaker has left and why it opened, and a switch with its end', async () => {
    fail('first', 'refused');
    const until = Date.now() + 3_600_000;
    front.gateway.desk().switch({ to: 'second', until, at: Date.now(), by: 'ann' });
    const said = await front.nxs('provider', 'list');
    expect(said.code).toBe(0);
    expect(said.stdout).toMatch(/^1 {2}second .+closed/m);
    expect(said.stdout).toMatch(/^2 {2}first .+open, (2\d|30) s left +- +refused$/m);
    expect(said.stdout).toContain(
      `second is asked first; switched to second by ann until ${new Date(until).toISOString()}`,
    );
  });

  it('ends with 1 when no provider can answer', async () => {
    fail('second', 'refused');
    const said = await front.nxs('provider', 'list');
    expect(said.code).toBe(1);
    expect(said.stdout).toContain('nobody is ready to answer');
  });

  it('is the same as nxs-provider list', async () => {
    const said = await nxs(['provider', 'list', '--json'], front.place.env);
    const other = await nxsProvider(['list', '--json'], front.place.env);
    expect(names(other.json())).toEqual(names(said.json()));
    expect(other.code).toBe(said.code);
  });

  it('takes --config before the command under both names', async () => {
    const dir = front.place.configDir;
    expect((await nxsProvider(['--config', dir, 'list'], front.place.env)).code).toBe(1);
    expect((await nxsProvider([`--config=${dir}`, 'list'], front.place.env)).code).toBe(1);
    expect((await nxsProvider(['--config', `${dir}/none`, 'list'], front.place.env)).code).toBe(2);
    expect((await nxsProvider(['--version'], front.place.env)).stdout).toMatch(/^\d+\.\d+\.\d+/);
    expect(await nxsProvider([], front.place.env)).toMatchObject({ code: 2, stdout: '' });
  });

  it('without a control plane shows what the last one kept, and since when', async () => {
    await front.keepSnapshot();
    await front.stop();
    const json = (await front.nxs('provider', 'list', '--json')).json();
    expect(names(json)).toEqual(['second open', 'first open', 'keyless not_configured']);
    expect(json).toMatchObject({ running: false, switch: { to: 'second', by: 'ann' } });
    const said = await front.nxs('provider', 'list');
    expect(said.stdout).toContain(`the control plane is not running; as of ${String(json['as_of'])}`);
    expect(said.code).toBe(1);
  });
});

describe('on a machine where nothing ever ran', () => {
  it('the configuration is shown, and the shipped providers may be tried', async () => {
    ensureBuilt();
    const place = await makePlace();
    try {
      const said = await nxs(['provider', 'list'], place.env);
      expect(said.code).toBe(0);
      expect(said.stdout).toContain('the control plane is not running; as configured');
      expect(said.stdout).toMatch(/kimi-primary .+KIMI_API_KEY is not set/);
    } finally {
      await removePlace(place);
    }
  });
});
