import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { changesOf } from '../../config/changes.js';
import { configDigest } from '../../config/digest.js';
import { handOver, takeOver } from '../../config/handover.js';
import { holdBack, isHeld } from '../../config/hold-back.js';
import { environmentOf, secretsOf } from '../../config/provenance.js';
import type { Config } from '../../config/types.js';
import { makeScratch, type Scratch } from './scratch.js';

let scratch: Scratch;

beforeEach(async () => {
  scratch = await makeScratch();
});
afterEach(() => scratch.remove());

async function load(
  nxs: object,
  providers: readonly object[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Config> {
  const provider = { name: 'a', base_url: 'http://127.0.0.1:1/v1', model: 'm', priority: 1 };
  await scratch.write({
    'nxs.yaml': JSON.stringify({ node: 'home', data_dir: scratch.home, ...nxs }),
    'providers.yaml': JSON.stringify({ providers: providers.length > 0 ? providers : [provider] }),
  });
  return scratch.load({ NXS_STATE_DIR: `${scratch.root}/state`, ...env });
}

const provider = (name: string, more: object = {}) => ({
  ...{ name, base_url: 'http://127.0.0.1:1/v1', model: 'm', priority: 1 },
  ...more,
});
const texts = (before: Config, after: Config) =>
  changesOf(before, after).map(({ file, path, how }) => `${file} ${path} ${how}`);

describe('changesOf', () => {
  it('finds nothing between two readings of the same files', async () => {
    const before = await load({});
    expect(changesOf(before, await load({}))).toEqual([]);
  });

  it('names keys by their path and items by their name, whatever their place', async () => {
    const before = await load({}, [provider('a'), provider('b', { priority: 2 })]);
    const after = await load({}, [
      provider('c', { priority: 3 }),
      provider('b', { priority: 2, timeout: 7 }),
    ]);
    expect(texts(before, after)).toEqual([
      'providers providers[a] removed',
      'providers providers[b].timeout changed',
      'providers providers[c] added',
    ]);
  });

  it('tells that items stand in another order', async () => {
    const before = await load({}, [provider('a'), provider('b')]);
    expect(texts(before, await load({}, [provider('b'), provider('a')]))).toEqual([
      'providers providers changed',
    ]);
  });

  it('tells of a secret that it is another one, and never the value', async () => {
    const keys = [provider('a', { api_key: '${A_KEY}' })];
    const before = await load({}, keys, { A_KEY: 'first-secret-1' });
    const after = await load({}, keys, { A_KEY: 'second-secret-2' });
    expect(texts(before, after)).toEqual(['providers providers[a].api_key changed']);
    expect(configDigest(after)).toBe(configDigest(before));
  });

  it('is empty exactly when nothing differs, for any settings', async () => {
    const base = await load({});
    const with_ = (timeout: number, level: number): Config => ({
      ...base,
      sync: { ...base.sync, interval: timeout },
      backup: { ...base.backup, every: level },
    });
    fc.assert(
      fc.property(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3), (a, b, c, d) => {
        const changes = changesOf(with_(a, b), with_(c, d));
        expect(changes.length).toBe(Number(a !== c) + Number(b !== d));
      }),
    );
  });
});

describe('holdBack', () => {
  it('leaves a whole section as it was when one of its keys needs a restart', async () => {
    const before = await load({ http: { token: 'old-token-0' } });
    const after = await load({ http: { token: 'new-token-1', port: 9 }, gateway: { lane: 'durable' } });
    const changes = changesOf(before, after);
    const held = changes.filter((change) => isHeld(change, changes)).map(({ path }) => path);
    expect(held).toEqual(['http.port', 'http.token']);
    const config = holdBack(before, after, changes);
    expect(config.nxs.http).toEqual(before.nxs.http);
    expect(config.nxs.gateway.lane).toBe('durable');
  });

  it('takes a new token or a new key where the address stays', async () => {
    const temporal = { address: '127.0.0.1:1', api_key: '${T_KEY}' };
    const before = await load({ temporal, http: { token: 'old-token-0' } }, [], { T_KEY: 'key-number-1' });
    const after = await load({ temporal, http: { token: 'new-token-1' } }, [], { T_KEY: 'key-number-2' });
    const config = holdBack(before, after, changesOf(before, after));
    expect(config.nxs.http.token).toBe('new-token-1');
    expect(config.nxs.temporal).toMatchObject({ api_key: 'key-number-2' });
  });

  it('never sends the key of another Temporal to the present one', async () => {
    const before = await load({ temporal: { address: '127.0.0.1:1', api_key: 'key-of-the-first' } });
    const after = await load({ temporal: { address: '127.0.0.1:2', api_key: 'key-of-the-second' } });
    expect(holdBack(before, after, changesOf(before, after)).nxs.temporal).toEqual(before.nxs.temporal);
  });

  it('keeps node and directories', async () => {
    const before = await load({});
    const after = await load({ node: 'other', data_dir: scratch.dir });
    const changes = changesOf(before, after);
    expect(changes.map(({ path }) => path)).toEqual(['node', 'data_dir']);
    const config = holdBack(before, after, changes);
    expect([config.node, config.dataDir, config.nxs.node]).toEqual([before.node, before.dataDir, 'home']);
  });
});

it('a configuration comes out of the channel to the worker as it went in, with what it knows but does not show', async () => {
  const config = await load({}, [provider('a', { api_key: '${A_KEY}' })], { A_KEY: 'first-secret-1' });
  const taken = takeOver(JSON.parse(JSON.stringify(handOver(config))) as ReturnType<typeof handOver>);
  expect(changesOf(config, taken)).toEqual([]);
  expect(taken).toEqual(JSON.parse(JSON.stringify(config)));
  expect([...secretsOf(taken)]).toEqual([...secretsOf(config)]);
  expect(environmentOf(taken)['A_KEY']).toBe('first-secret-1');
});
