import { execFileSync } from 'node:child_process';
import { utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { hubPath, syncNode, type SyncNode } from '../support/sync-nodes.js';

async function nodesOf(...names: readonly string[]): Promise<readonly SyncNode[]> {
  const hub = await hubPath();
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  const nodes: SyncNode[] = [];
  for (const name of names) nodes.push(await syncNode(name, hub));
  return nodes;
}

it('five nodes that publish at once are all in', async () => {
  const nodes = await nodesOf('home', 'cloud', 'edge', 'car', 'attic');
  const round = async () => {
    for (const node of nodes) await node.cycle();
  };
  await round();
  await Promise.all(nodes.map((node) => node.write({ [`tasks/${node.name}.md`]: `${node.name}\n` })));
  await Promise.all(nodes.map((node) => node.cycle()));
  await round();
  await round();
  for (const node of nodes) expect(Object.keys(await node.files()).length).toBe(5);
}, 60_000);

it('a clock that is ahead is told until somebody who is on time has published', async () => {
  const [home, cloud, edge] = (await nodesOf('home', 'cloud', 'edge')) as [SyncNode, SyncNode, SyncNode];
  for (const node of [home, cloud, edge]) await node.cycle();
  await cloud.write({ 'MEMORY.md': 'of later\n' });
  const later = new Date(Date.now() + 3_500_000);
  await utimes(join(cloud.place.dataDir, 'MEMORY.md'), later, later);
  await cloud.cycle(false, 3_600_000);
  const skewed = await home.cycle();
  expect(skewed.skew_ms).toBeGreaterThan(3_000_000);
  expect((await home.cycle()).skew_ms).toBe(skewed.skew_ms);
  await edge.write({ 'tasks/a.md': 'on time\n' });
  await edge.cycle();
  expect((await home.cycle()).skew_ms).toBeNull();
}, 60_000);
