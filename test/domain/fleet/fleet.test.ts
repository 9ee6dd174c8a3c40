import { expect, it } from 'vitest';
import { fleetOf, worstOf, type ClusterNode, type NodeDetails } from '../../../domain/fleet/fleet.js';

const NOW = Date.parse('2026-11-29T09:00:00.000Z');
const ago = (seconds: number) => new Date(NOW - seconds * 1000).toISOString();
const GREEN: NodeDetails = { open: [], waiting: [], backup: { outcome: 'green', at: ago(60) }, sync: null };
const there = (node: string, details: Partial<NodeDetails> | null = {}, seconds = 2): ClusterNode => ({
  ...{ node, last_seen: ago(seconds), host: 'box', version: '0.1.0' },
  details: details === null ? null : { ...GREEN, ...details },
});
const lights = (...cluster: readonly ClusterNode[]) =>
  fleetOf(cluster[0]?.node ?? 'home', cluster, [], NOW).map(({ light, detail }) => `${light}: ${detail}`);

it('a node is good when its monitor beats, its last backup is green and nobody is asked', () => {
  expect(lights(there('home'), there('cloud', { open: ['a-1'] }))).toEqual([
    'good: its monitor looks',
    'good: its monitor looks, heals a-1',
  ]);
});

it('a silent monitor, a question to a person and a backup that is not green are bad, in this order', () => {
  const all = { waiting: ['a-1'], open: ['a-1'], backup: { outcome: 'not_green', at: null } };
  expect(lights(there('a', all, 90), there('b', all), there('c', { backup: all.backup }))).toEqual([
    'bad: its monitor is silent',
    'bad: waits for a person: a-1',
    'bad: its last backup is not green',
  ]);
});

it('what nobody can see is unknown, never good', () => {
  const nodes = fleetOf(
    'home',
    [there('home', { backup: null })],
    [{ node: 'edge', last_seen: ago(1) }],
    NOW,
  );
  expect(nodes.map(({ light }) => light)).toEqual(['unknown', 'unknown']);
  expect(nodes[1]).toMatchObject({ detail: 'only the hub knows it, by its changes', last_change: ago(1) });
  expect(fleetOf('home', [], [], NOW)).toMatchObject([{ node: 'home', own: true, light: 'unknown' }]);
});

it('the worst light is that of the fleet', () => {
  const light = (value: 'good' | 'bad' | 'unknown') => ({ light: value });
  expect(worstOf([light('good'), light('good')])).toBe('good');
  expect(worstOf([light('good'), light('unknown')])).toBe('unknown');
  expect(worstOf([light('unknown'), light('bad')])).toBe('bad');
});
