// Copies that rot or vanish, and a GitHub that is not well.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { flipStored, removeFrom } from '../../drill/backup/damage.js';
import { fileIn, tryGit } from '../../drill/backup/plain-git.js';
import { runNow } from '../../drill/backup/schedule.js';
import { blobOf } from '../../drill/sync/setting.js';
import type { Planned } from '../plan/plan.js';
import { githubFiles } from '../look/stored.js';
import { GITHUB_NODE, GITHUB_REPO, STABLE, type SoakNode } from '../world/node.js';
import { atOnce, eventsSince, nodeOf, type Fault, type Stage } from './fault.js';

function victimOf({ pick }: Planned): string {
  return STABLE[Math.floor(pick * STABLE.length)] ?? 'stable/0.md';
}

/** Brought forward, as often as it takes: engine or worker may be away. */
async function wantsVerification(node: SoakNode): Promise<void> {
  await runNow(node.plane, 'verify').catch(() => undefined);
}

/** ms after which a verification is asked for once more. */
const AGAIN_MS = 30_000;

function copyHarmed(harm: (dir: string, path: string) => Promise<unknown>): Fault {
  return async (planned, stage) => {
    const node = nodeOf(planned, stage);
    const path = victimOf(planned);
    const bytes = await readFile(join(node.plane.dataDir, path));
    if ((await fileIn(node.local, path))?.equals(bytes) !== true) return null;
    const at = Date.now();
    stage.damaged({ node: node.name, destination: 'local', path, at, silent: false });
    await harm(node.local, path);
    await wantsVerification(node);
    return {
      note: path,
      lift: atOnce,
      recovered: asking(node, async () => (await fileIn(node.local, path))?.equals(bytes) === true),
    };
  };
}

function githubHarmed(how: 'rot' | 'lose'): Fault {
  return async (planned, stage) => {
    const node = stage.world.nodes[GITHUB_NODE];
    const { github } = stage.world;
    const path = victimOf(planned);
    const text = await readFile(join(node.plane.dataDir, path), 'utf8');
    const isRight = async () =>
      (await githubFiles(github, GITHUB_REPO, await github.head(GITHUB_REPO))).get(path)?.toString('utf8') ===
      text;
    const oid = blobOf(text);
    if (!(await isRight())) return null;
    stage.damaged({ node: node.name, destination: 'github', path, at: Date.now(), silent: true });
    await github.harm(how, GITHUB_REPO, oid);
    // A file that was stored in parts has other ids: nothing was harmed then.
    if (await isRight())
      return { note: `${path}, not harmed`, lift: atOnce, recovered: () => Promise.resolve(true) };
    await wantsVerification(node);
    return { note: path, lift: atOnce, recovered: asking(node, isRight) };
  };
}

/** Looks, and asks for a verification again now and then. */
function asking(node: SoakNode, isRight: () => Promise<boolean>): () => Promise<boolean> {
  let last = Date.now();
  return async () => {
    if (await isRight()) return true;
    if (Date.now() - last > AGAIN_MS) {
      last = Date.now();
      await wantsVerification(node);
    }
    return false;
  };
}

function githubShows(start: (stage: Stage, planned: Planned) => Promise<unknown>): Fault {
  return async (planned, stage) => {
    await start(stage, planned);
    let since = 0;
    return {
      note: '',
      async lift() {
        await stage.world.github.chaos(null);
        await stage.world.github.latency(0);
        since = Date.now();
      },
      recovered: async () => {
        const runs = await eventsSince(stage.world.nodes[GITHUB_NODE], ['backup.finished'], since);
        return runs.some(({ data }) => data['outcome'] === 'green');
      },
    };
  };
}

const chaos =
  (kinds: readonly string[], rate: number) =>
  ({ world }: Stage, { pick }: Planned) =>
    world.github.chaos({ seed: Math.floor(pick * 1e6), rate, kinds });

export const BACKUP_FAULTS: Readonly<Record<string, Fault>> = {
  'copy-flipped': copyHarmed(flipStored),
  'copy-deleted': copyHarmed(async (dir, path) => {
    if ((await tryGit(dir, ['cat-file', '-e', `main:${path}`])).code === 0) await removeFrom(dir, path);
  }),
  'github-rotten': githubHarmed('rot'),
  'github-lost': githubHarmed('lose'),
  'github-5xx': githubShows(chaos(['status'], 0.4)),
  'github-limited': githubShows(chaos(['secondary'], 0.3)),
  'github-broken': githubShows(chaos(['reset', 'lost', 'cut', 'garbled', 'wrong-oid'], 0.25)),
  'github-slow': githubShows(({ world }) => world.github.latency(700)),
};
