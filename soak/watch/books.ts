// Checks that read whole books: contents, acts, journals, KPIs, histories, files, logs and secrets.
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifyJournal } from '../../adapters/journal/verify.js';
import type { KpiReport } from '../../domain/kpi/model.js';
import { actProblems } from '../checks/acts.js';
import { lostContent } from '../checks/content.js';
import { historyProblems, type WorkflowSeen } from '../checks/histories.js';
import { kpiProblems } from '../checks/kpis.js';
import { logProblems, secretProblems } from '../checks/logs.js';
import { leftoverProblems } from '../checks/machine.js';
import { ALLOWED_LINES } from './allowed-lines.js';
import { idsInFiles } from '../look/contents.js';
import { lookAtActs } from '../look/orders.js';
import { logLinesOf, lookAtFiles, secretsIn, sizesOf } from '../look/state.js';
import { lookAtWorkflows } from '../look/workflows.js';
import type { SoakNode } from '../world/node.js';
import { SUGGESTED_EVENTS } from '../world/world.js';
import { nodesOf, type Scene } from './scene.js';
import { dirname } from 'node:path';

/** Files move while they are looked for. */
const TRIES = 4;

/** Everything that was written is somewhere. */
export async function checkContent(scene: Scene): Promise<void> {
  const ledger = scene.ledger.all().filter(({ at }) => Date.now() - at > 2_000);
  let problems = lostContent(ledger, await foundIds(scene));
  for (let tries = 1; problems.length > 0 && tries < TRIES; tries += 1) {
    await sleep(1_500);
    problems = lostContent(ledger, await foundIds(scene));
  }
  scene.court.check('content', problems);
}

async function foundIds(scene: Scene): Promise<ReadonlySet<string>> {
  const before = await Promise.all(nodesOf(scene).map(idsInFiles));
  const history = await scene.history.ids();
  return new Set([...before.flatMap((each) => [...each]), ...history]);
}

export async function checkActs(scene: Scene): Promise<void> {
  for (const node of nodesOf(scene)) {
    const seen = await lookAtActs(node);
    scene.court.check('acts', actProblems(seen));
  }
}

export async function checkJournals(scene: Scene): Promise<void> {
  for (const { plane, name } of nodesOf(scene)) {
    const { breaks } = await verifyJournal(join(plane.stateDir, 'journal'));
    scene.court.check(
      'journal',
      breaks.map(({ kind, file, line, reason }) => ({
        what: `the journal of ${name} is ${kind}`,
        evidence: `${file}:${String(line)}: ${reason}`,
      })),
    );
  }
}

/** What the front keeps in memory beside what a command counts in the whole journal. Events go on coming, so a difference is looked at again. */
export async function checkKpis(scene: Scene): Promise<void> {
  for (const node of nodesOf(scene)) {
    let problems = await kpiDifference(node);
    for (let tries = 1; problems !== null && problems.length > 0 && tries < TRIES; tries += 1) {
      await sleep(2_000);
      problems = await kpiDifference(node);
    }
    if (problems !== null) scene.court.check('kpis', problems);
  }
}

/** null: the front does not answer now. */
async function kpiDifference({ plane }: SoakNode) {
  const before = await plane.get('/api/kpi').catch(() => null);
  const { json } = await plane.nxs('kpi', '--since', '24h');
  const after = await plane.get('/api/kpi').catch(() => null);
  if (before?.status !== 200 || after?.status !== 200 || json === null) return null;
  const kpisOf = (body: unknown) => (body as KpiReport).kpis;
  return kpiProblems(kpisOf(before.body), kpisOf(json), kpisOf(after.body));
}

/** What runs now. Engines that are away are passed over. */
export async function checkHistories(scene: Scene): Promise<readonly WorkflowSeen[]> {
  const all: WorkflowSeen[] = [];
  for (const node of nodesOf(scene)) {
    const seen = await lookAtWorkflows(node).catch(() => null);
    if (seen === null) continue;
    all.push(...seen);
    scene.court.check('histories', historyProblems(seen, SUGGESTED_EVENTS, Date.now()));
  }
  return all;
}

const MB = 1024 * 1024;
/** MB of a state directory by part; all others together have `other`. */
const MOST_MB: Readonly<Record<string, number>> = {
  temporal: 600,
  logs: 60,
  journal: 60,
  sync: 200,
  completions: 100,
  other: 100,
};
/** A temporary file that is older belongs to nobody any more, ms. */
const LEFT_AFTER_MS = 180_000;

export async function checkState(scene: Scene): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>> {
  const sizes = new Map<string, ReadonlyMap<string, number>>();
  for (const node of nodesOf(scene)) {
    const files = await lookAtFiles(node);
    const bytes = sizesOf(files);
    sizes.set(node.name, bytes);
    const tooLarge = [...bytes].filter(
      ([part, size]) => size > (MOST_MB[part] ?? MOST_MB['other'] ?? 0) * MB,
    );
    scene.court.check('state', [
      ...tooLarge.map(([part, size]) => ({
        what: `${part} of ${node.name} is too large`,
        evidence: `${String(Math.round(size / MB))} MB`,
      })),
      ...leftoverProblems(files, Date.now(), LEFT_AFTER_MS, killsOf(scene, node)),
    ]);
  }
  return sizes;
}

/** Everything that died without a word. */
function killsOf(scene: Scene, { name }: SoakNode): number {
  return scene.struck().filter(({ kind, target }) => target === name && kind.endsWith('-killed')).length;
}

export async function checkLogs(scene: Scene): Promise<void> {
  for (const node of nodesOf(scene))
    scene.court.check('logs', logProblems(await logLinesOf(node), ALLOWED_LINES));
}

/** Bodies of the durable lane are the one place where prompts lie. */
const MAY_HOLD_PROMPTS = /^state\/completions\//;

export async function checkSecrets(scene: Scene, whisper: string): Promise<void> {
  const secrets = new Map([...scene.world.secrets, ['a prompt', whisper] as const]);
  for (const node of nodesOf(scene)) {
    const root = dirname(node.plane.stateDir);
    const places = [];
    for (const { path } of await lookAtFiles(node)) {
      const found = (await secretsIn(join(root, path), secrets)).filter(
        (name) => !(name === 'a prompt' && MAY_HOLD_PROMPTS.test(path)),
      );
      places.push({ file: `${node.name}/${path}`, found });
    }
    places.push({ file: `${node.name}/up.log`, found: await secretsIn(join(root, 'up.log'), secrets) });
    scene.court.check('secrets', secretProblems(places));
  }
}
