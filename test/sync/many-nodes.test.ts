import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { hubPath, syncNode, type SyncNode } from '../support/sync-nodes.js';

it('five nodes that publish at once are all in', async () => {
  const hub = await hubPath();
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  const nodes: SyncNode[] = [];
  for (const name of ['home', 'cloud', 'edge', 'car', 'attic']) nodes.push(await syncNode(name, hub));
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
