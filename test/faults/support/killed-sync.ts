// kill -9 of a cycle at a random moment, over and over, while both nodes are written to: nothing is lost, and both end equal.
import { execFileSync } from 'node:child_process';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { hashBytes } from '../../../adapters/files/hash.js';
import type { Random } from '../../support/e2e-random.js';
import { hubPath, syncNode, type SyncNode } from '../../support/sync-nodes.js';
import { bundleChild, runAndKill } from './kill.js';

export interface Tally {
  rounds: number;
  killed: number;
}

const LOG = 'DECISION-LOG.md';

/** Plays so many rounds. */
export async function killedCycles(rounds: number, random: Random): Promise<Tally> {
  const hub = await hubPath();
  execFileSync('git', ['init', '-q', '--bare', '-b', 'main', hub]);
  const [home, cloud] = [await syncNode('home', hub), await syncNode('cloud', hub)];
  const script = bundleChild(home.place.root, 'sync-child.ts');
  const tally: Tally = { rounds: 0, killed: 0 };
  const written = new Map<string, string>();
  const entries: string[] = [];
  const killed = new Set<SyncNode>();
  let whole = 0;
  await home.write({ [LOG]: '# Log\n' });
  await home.cycle();
  await cloud.cycle();
  for (let round = 0; round < rounds; round += 1) {
    // What a killed cycle may not have looked at yet is left as it is: to overwrite it would be the writer's loss.
    for (const node of [home, cloud])
      if (!killed.has(node)) await edit(node, round, { random, written, entries });
    const victim = random.pick([home, cloud]);
    // The first one lives, and tells how long it takes.
    const after = round === 0 ? null : random.next() * whole * 1.1;
    const job = join(victim.place.root, 'job.json');
    const run = await runAndKill(script, job, { config: victim.config }, after);
    if (!run.killed) whole = whole === 0 ? run.ms : 0.7 * whole + 0.3 * run.ms;
    tally.rounds += 1;
    tally.killed += run.killed ? 1 : 0;
    if (run.killed) killed.add(victim);
    else killed.delete(victim);
    const other = victim === home ? cloud : home;
    await other.cycle();
    killed.delete(other);
  }
  for (let round = 0; round < 4; round += 1) for (const node of [home, cloud]) await node.cycle();
  const [one, other] = [await home.files(), await cloud.files()];
  expect(other).toEqual(one);
  expect((one[LOG] ?? '').match(/^## .*$/gm)?.sort()).toEqual([...entries].sort());
  await nothingLost(hub, [home, cloud], written);
  return tally;
}

interface Story {
  readonly random: Random;
  /** Content id -> path. */
  readonly written: Map<string, string>;
  readonly entries: string[];
}

async function edit(node: SyncNode, round: number, { random, written, entries }: Story): Promise<void> {
  const files: Record<string, string> = {};
  for (const path of ['MEMORY.md', 'memory/a.md', `tasks/${random.below(5)}.md`]) {
    files[path] = `round ${round} of ${node.name}, ${random.below(1e9)}\n`.repeat(3);
    written.set(hashBytes(Buffer.from(files[path])).oid, path);
  }
  const heading = `## 2026-03-${String(10 + random.below(20))} Round ${round} of ${node.name}`;
  entries.push(heading);
  files[LOG] = `${(await node.files())[LOG] ?? ''}\n${heading}\n\nBecause.\n`;
  await node.write(files);
}

/** Every content that was in a file when a cycle looked is in the hub's history, a copy, or in place. */
async function nothingLost(
  hub: string,
  nodes: readonly SyncNode[],
  written: ReadonlyMap<string, string>,
): Promise<void> {
  const listed = execFileSync('git', ['-C', hub, 'rev-list', '--objects', '--all'], { encoding: 'utf8' });
  const found = new Set(listed.split('\n').map((row) => row.slice(0, 40)));
  for (const { place } of nodes) {
    for (const dir of [place.dataDir, join(place.stateDir, 'sync', 'backups')])
      for (const item of await readdir(dir, { recursive: true, withFileTypes: true }).catch(() => []))
        if (item.isFile()) found.add(hashBytes(await readFile(join(item.parentPath, item.name))).oid);
    const captures = execFileSync(
      'git',
      ['-C', join(place.stateDir, 'sync', 'repo.git'), 'rev-list', '--objects', '--all'],
      { encoding: 'utf8' },
    );
    for (const row of captures.split('\n')) found.add(row.slice(0, 40));
  }
  const lost = [...written].filter(([oid]) => !found.has(oid)).map(([oid, path]) => `${path} ${oid}`);
  expect(lost).toEqual([]);
}
