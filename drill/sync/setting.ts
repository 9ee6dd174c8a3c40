// Two nodes and one hub. Each node sees the hub through a link of its own, so that one of them can be cut off alone.
import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { git, tryGit } from '../backup/plain-git.js';
import { lookFor } from '../healing/look.js';
import type { Kit, Plane } from '../scenario.js';

export interface SyncSetting {
  readonly kit: Kit;
  /** The bare repository itself, to be read by git. */
  readonly hub: string;
  readonly home: Plane;
  readonly cloud: Plane;
}

/** ms until a change is on the other node, with nobody asking. */
export const WITHIN = 30_000;

const MEMORY = '# Memory\n\nEverything that matters.\n';

export async function openSetting(kit: Kit): Promise<SyncSetting> {
  const hub = join(kit.dir, 'hub.git');
  await git(hub, ['init', '-q', '--bare', '-b', 'main']);
  const home = await openNode(kit, hub, 'home');
  const cloud = await openNode(kit, hub, 'cloud', { temporal: await home.temporal() });
  return { kit, hub, home, cloud };
}

/** A node that joins the hub. */
export async function openNode(
  kit: Kit,
  hub: string,
  node: string,
  more: { readonly temporal?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Plane> {
  await symlink(hub, linkOf(kit, node));
  const sync = {
    include: ['MEMORY.md', 'LOG.md', 'notes/**'],
    merge_rules: [{ pattern: 'LOG.md', strategy: 'append' }],
    poll: '1s',
  };
  return kit.plane({
    node,
    config: {
      'nxs.yaml': { sync: { remote: linkOf(kit, node) } },
      'sync-manifest.yaml': { sync },
    },
    files: { 'MEMORY.md': MEMORY },
    ...more,
  });
}

function linkOf(kit: Kit, node: string): string {
  return join(kit.dir, `hub-of-${node}.git`);
}

/** Takes the hub away from one node. Returns git's own words when it is out of reach for it, else null. */
export async function cutOff({ kit }: SyncSetting, { node }: Plane): Promise<string | null> {
  const link = linkOf(kit, node);
  await rename(link, `${link}.away`);
  const { code, stderr } = await tryGit(link, ['rev-parse', '--verify', 'main']);
  return code === 0 ? null : (stderr.split('\n')[0] ?? '').replaceAll(link, `the hub of ${node}`);
}

export async function letBack({ kit }: SyncSetting, { node }: Plane): Promise<void> {
  const link = linkOf(kit, node);
  await rename(`${link}.away`, link);
}

/** Text of a file of a node; null: there is none. */
export function read({ dataDir }: Plane, path: string): Promise<string | null> {
  return readFile(join(dataDir, path), 'utf8').catch(() => null);
}

export async function write({ dataDir }: Plane, path: string, text: string): Promise<void> {
  await mkdir(dirname(join(dataDir, path)), { recursive: true });
  await writeFile(join(dataDir, path), text);
}

/** Until a node has this text, by itself; null: not within the time. */
export function reaches(plane: Plane, path: string, text: string | null): Promise<true | null> {
  return lookFor(WITHIN, async () => ((await read(plane, path)) === text ? true : null));
}

/** Texts that are nowhere in the hub's history, read by git alone. */
export async function missingIn(hub: string, texts: readonly string[]): Promise<readonly string[]> {
  const objects = await git(hub, ['rev-list', '--objects', '--all']);
  return texts.filter((text) => !objects.includes(blobOf(text)));
}

/** git's id of a text. */
export function blobOf(text: string): string {
  const bytes = Buffer.from(text);
  return createHash('sha1')
    .update(`blob ${String(bytes.length)}\0`)
    .update(bytes)
    .digest('hex');
}

/** Both nodes follow: what one writes the other one has soon. */
export async function steady(setting: SyncSetting): Promise<string | null> {
  const { kit, home, cloud } = setting;
  for (const [from, to] of [
    [home, cloud],
    [cloud, home],
  ] as const) {
    const text = `steady ${String(kit.random())}\n`;
    const path = `notes/from-${from.node}.md`;
    await write(from, path, text);
    if ((await reaches(to, path, text)) === null) return `${to.node} does not get what ${from.node} writes`;
  }
  return null;
}

/** Time of the first cycle since then that ended so; null: none did within the time. */
export async function cycleAfter(
  plane: Plane,
  since: number,
  fits: (data: Readonly<Record<string, unknown>>) => boolean,
  within = WITHIN,
): Promise<number | null> {
  return lookFor(within, async () => {
    const events = await plane.journal(['sync.finished']);
    const found = events.find(({ at, data }) => Date.parse(at) >= since && fits(data));
    return found === undefined ? null : Date.parse(found.at);
  });
}
