// The end: all faults are lifted, nobody writes any more, and everything has to come to rest and be right.
import { setTimeout as sleep } from 'node:timers/promises';
import { notHeld } from '../drill/backup/setting.js';
import { differences } from './checks/content.js';
import { endingProblems } from './checks/histories.js';
import { readyProblems } from './checks/machine.js';
import { isReady } from './faults/fault.js';
import { syncOf } from './faults/hub.js';
import { sharedTree } from './look/contents.js';
import { filesOf } from '../drill/backup/setting.js';
import { githubFiles } from './look/stored.js';
import { lookAtWorkflows } from './look/workflows.js';
import { lookAtProcesses } from './look/processes.js';
import { nodesOf, type Scene } from './watch/scene.js';
import { GITHUB_NODE, GITHUB_REPO, type SoakNode } from './world/node.js';

const READY_MS = 120_000;
const CONVERGED_MS = 180_000;
const AT_REST_MS = 150_000;

/** Waits for the calm and judges what only then can be judged. */
export async function judgeCalm(scene: Scene, say: (line: string) => void): Promise<void> {
  say('calm: ready?');
  for (const node of nodesOf(scene)) {
    const took = await within(READY_MS, () => isReady(node));
    scene.court.check('ready', readyProblems(`${node.name} in the calm`, took, READY_MS));
  }
  say('calm: the same files on both nodes?');
  await judgeConvergence(scene);
  say('calm: backups');
  for (const node of nodesOf(scene)) await judgeBackup(scene, node);
  say('calm: workflows');
  for (const node of nodesOf(scene)) await judgeEnds(scene, node);
}

async function judgeConvergence(scene: Scene): Promise<void> {
  const [home, cloud] = [scene.world.nodes.home, scene.world.nodes.cloud];
  let found = differences(new Map(), new Map([['not looked at', '']]));
  await within(CONVERGED_MS, async () => {
    for (const node of [home, cloud]) {
      // Many deletions at once are a question, which its person answers.
      for (const { token } of (await syncOf(node))?.pending ?? [])
        await node.plane.nxs('sync', 'approve', token, '--by', 'ann');
      await node.plane.nxs('sync', 'run');
    }
    found = differences(await sharedTree(home), await sharedTree(cloud));
    return found.length === 0;
  });
  scene.court.check('convergence', found);
  for (const node of [home, cloud]) {
    const sync = await syncOf(node);
    const well = sync?.state === 'ok' && sync.unpublished === 0;
    scene.court.check(
      'convergence',
      well ? [] : [{ what: `sync of ${node.name} is not at rest`, evidence: JSON.stringify(sync) }],
    );
  }
}

/** A run by hand is green, and everything that is on the disk lies in every destination, read by us. */
async function judgeBackup(scene: Scene, node: SoakNode): Promise<void> {
  const { court, world } = scene;
  let last: { readonly code: number; readonly json: unknown; readonly err: string } | null = null;
  const took = await within(
    AT_REST_MS,
    async () => (last = await node.plane.nxs('backup', 'run')).code === 0,
  );
  court.check(
    'green',
    took === null
      ? [
          {
            what: `no backup of ${node.name} is green in the calm`,
            evidence: JSON.stringify(last).slice(0, 1500),
          },
        ]
      : [],
  );
  const missing = (await notHeld(node.plane, node.local)).map((path) => `local: ${path}`);
  if (node.name === GITHUB_NODE) {
    const stored = await githubFiles(world.github, GITHUB_REPO, await world.github.head(GITHUB_REPO));
    for (const [path, bytes] of await filesOf(node.plane))
      if (stored.get(path)?.equals(bytes) !== true) missing.push(`github: ${path}`);
  }
  court.check(
    'green',
    missing.length === 0
      ? []
      : [{ what: `files of ${node.name} are not in the backup`, evidence: missing.slice(0, 10).join(', ') }],
  );
  const verified = await node.plane.nxs('backup', 'verify', '--full');
  court.check(
    'tamper',
    verified.code === 0
      ? []
      : [
          {
            what: `the verification of all bytes of ${node.name} fails in the calm`,
            evidence: JSON.stringify(verified).slice(0, 1500),
          },
        ],
  );
}

async function judgeEnds(scene: Scene, node: SoakNode): Promise<void> {
  let found = endingProblems([], 0, 0);
  const took = await within(AT_REST_MS, async () => {
    found = endingProblems(await lookAtWorkflows(node), Date.now(), 60_000);
    return found.length === 0;
  });
  scene.court.check('histories', took === null ? found : []);
}

/** Ends both planes in good order: nothing of them stays. */
export async function judgeStop(scene: Scene, say: (line: string) => void): Promise<void> {
  say('stopping both control planes');
  const nodes = nodesOf(scene);
  await Promise.all(nodes.map(({ plane }) => plane.stop('SIGTERM').catch(() => undefined)));
  let left = '';
  const took = await within(15_000, async () => {
    const seen = await lookAtProcesses(nodes);
    left = seen.map(({ pid, role, words }) => `${String(pid)} ${role} ${words}`).join('; ');
    return seen.length === 0;
  });
  scene.court.check(
    'processes',
    took === null ? [{ what: 'processes are left after a stop in good order', evidence: left }] : [],
  );
}

/** ms until it was so; null: not within the time. A look that throws has not seen it. */
async function within(time: number, look: () => Promise<boolean>): Promise<number | null> {
  const from = Date.now();
  do {
    if (await look().catch(() => false)) return Date.now() - from;
    await sleep(1_000);
  } while (Date.now() - from < time);
  return null;
}
