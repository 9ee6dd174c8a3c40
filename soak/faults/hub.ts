// The hub: out of reach for one node, changed by somebody who pushes by hand, set back by somebody who forces.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { addTo } from '../../drill/backup/damage.js';
import { git, tryGit } from '../../drill/backup/plain-git.js';
import { read } from '../../drill/sync/setting.js';
import { copyOf } from '../look/contents.js';
import { NODES } from '../plan/catalogue.js';
import type { SoakNode } from '../world/node.js';
import { atOnce, nodeOf, type Fault, type Stage } from './fault.js';

export interface SyncSeen {
  readonly state: string;
  readonly at: string;
  readonly last_ok: string | null;
  readonly unpublished: number;
  readonly pending: readonly { readonly token: string }[];
}

/** What the node says of its last cycle; null: nothing yet. */
export async function syncOf({ plane }: SoakNode): Promise<SyncSeen | null> {
  const text = await readFile(join(plane.stateDir, 'sync', 'status.json'), 'utf8').catch(() => null);
  return text === null ? null : (JSON.parse(text) as SyncSeen);
}

async function metHubSince(node: SoakNode, since: number): Promise<boolean> {
  const sync = await syncOf(node);
  return sync !== null && Date.parse(sync.last_ok ?? '') > since && sync.state !== 'hub_rewound';
}

const away: Fault = async (planned, stage) => {
  const node = nodeOf(planned, stage);
  await node.cutOff();
  let since = 0;
  return {
    note: 'its link to the hub is gone',
    async lift() {
      await node.letBack();
      since = Date.now();
    },
    recovered: () => metHubSince(node, since),
  };
};

const PUSHES = 3;
const PUSH_TRIES = 12;

/** Three commits by hand in a row, between those of the nodes. */
const pushed: Fault = async (planned, stage) => {
  const { world, ledger } = stage;
  if ((await tryGit(world.hub, ['rev-parse', '--verify', '-q', 'main'])).code !== 0) return null;
  const paths: string[] = [];
  for (let tries = 0; tries < PUSH_TRIES && paths.length < PUSHES; tries += 1) {
    const path = `notes/by-hand-${String(planned.id)}-${String(paths.length + 1)}.md`;
    const written = ledger.draft('hub', path);
    try {
      await addTo(world.hub, path, `# ${written.id}\n`);
    } catch {
      // A node was faster.
      continue;
    }
    ledger.keep(written);
    paths.push(path);
  }
  return {
    note: `${String(paths.length)} commits`,
    lift: atOnce,
    recovered: async () =>
      (await Promise.all(paths.flatMap((path) => here(stage, path)))).every((there) => there),
  };
};

function here({ world }: Stage, path: string): readonly Promise<boolean>[] {
  return NODES.map(async (name) => (await read(world.nodes[name].plane, path)) !== null);
}

/** Somebody forces the branch back. Who had seen what is gone stops and says so; a person looks, and lets it join anew. */
const setBack: Fault = async (_planned, stage) => {
  const { world } = stage;
  const nodes = NODES.map((name) => world.nodes[name]);
  const before = await git(world.hub, ['rev-parse', 'main~3']).catch(() => null);
  if (before === null) return null;
  for (const node of nodes) if ((await syncOf(node))?.state !== 'ok') return null;
  await git(world.hub, ['update-ref', 'refs/heads/main', before]);
  const tips = await Promise.all(nodes.map(seenTip));
  let since = 0;
  return {
    note: `to ${before.slice(0, 12)}`,
    async lift() {
      await Promise.all(nodes.map((node, index) => joined(node, tips[index] ?? null, stage)));
      since = Date.now();
    },
    async recovered() {
      return (await Promise.all(nodes.map((node) => metHubSince(node, since)))).every((met) => met);
    },
  };
};

/** The tip of the hub that a node saw last; null: none. */
async function seenTip(node: SoakNode): Promise<string | null> {
  const { code, stdout } = await tryGit(copyOf(node), [
    'rev-parse',
    '--verify',
    '-q',
    'refs/remotes/hub/main',
  ]);
  return code === 0 ? stdout.toString('utf8').trim() : null;
}

const SAYS_SO_MS = 120_000;

/** Waits until the node says so, and joins as a person does. A node that had not seen what is gone has nothing to say. */
async function joined(node: SoakNode, tip: string | null, { world, wrong, over }: Stage): Promise<void> {
  const deadline = Date.now() + SAYS_SO_MS;
  while (!over.aborted) {
    if ((await syncOf(node))?.state === 'hub_rewound') break;
    if (tip === null || (await isIn(world.hub, tip))) return;
    if (Date.now() > deadline) {
      const evidence = `after ${String(SAYS_SO_MS / 1000)} s: ${JSON.stringify(await syncOf(node))}`;
      wrong({ what: `${node.name} did not say that the hub was set back`, evidence });
      return;
    }
    await sleep(500);
  }
  for (let tries = 0; tries < 5 && (await node.plane.nxs('sync', 'join')).code !== 0; tries += 1)
    await sleep(2_000);
}

async function isIn(hub: string, commit: string): Promise<boolean> {
  return (await tryGit(hub, ['merge-base', '--is-ancestor', commit, 'main'])).code === 0;
}

export const HUB_FAULTS: Readonly<Record<string, Fault>> = {
  'hub-away': away,
  'hub-pushed': pushed,
  'hub-set-back': setBack,
};
