// How long it takes until a service that was killed is back: detected, healed and verified; the same with the worker killed in
// between; and from a person's approval to its effect.
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Row } from '../measure/row.js';
import { run } from '../measure/run.js';
import { series, type Series } from '../measure/series.js';
import { speak } from '../../workers/healing/decide.js';
import type { ControlPlane } from '../subjects/control-plane.js';
import type { HealingNode, Told } from '../subjects/healing-node.js';
import { ROOT } from '../subjects/root.js';
import { seeded } from '../subjects/words.js';
import { timeRows } from './healing-rows.js';
import type { SuiteOptions } from './suite.js';

/** Kills come at any moment of the monitor's turn, ms. */
const TURN = 2_000;
/** Nobody answers sooner than this, ms. */
const READING = 500;

export async function benchHealed(node: HealingNode, options: SuiteOptions): Promise<readonly Row[]> {
  const into = series();
  const random = seeded(11);
  for (let round = 1; round <= options.rounds; round += 1) {
    await node.calm();
    await sleep(random() * TURN);
    const killed = node.service.kill();
    const detected = await node.told('healing.detected', killed);
    const { incident } = detected.data;
    const verified = await node.told('healing.verified', killed, { incident, healed: true });
    const finished = await node.told('healing.finished', killed, { incident, outcome: 'healed' });
    into.add('detected', (detected.at - killed) / 1000);
    into.add('verified', (verified.at - killed) / 1000);
    into.add('own detect', finished.data.detect_ms / 1000);
    into.add('own total', finished.data.total_ms / 1000);
    options.say(`healed: round ${round} of ${options.rounds}`);
  }
  const from =
    "from the SIGKILL to the `at` of the journal's event, kills at any moment of the monitor's turn";
  return [
    ...timeRows('service killed -> detected', into.of('detected'), from, 5),
    ...timeRows('service killed -> healed and verified', into.of('verified'), from, 10),
    ...timeRows(
      '  as the product counts: detect_ms',
      into.of('own detect'),
      'from the first bad look; no bar',
    ),
    ...timeRows('  as the product counts: total_ms', into.of('own total'), 'from the first bad look; no bar'),
  ];
}

const MOMENTS = { 'as soon as the incident is on record': 0, 'up to 2 s later': TURN } as const;
type Moment = keyof typeof MOMENTS;

/** Each round has a control plane of its own: a worker that dies again within a minute is started later and later. */
export async function benchWorkerKilled(node: HealingNode, options: SuiteOptions): Promise<readonly Row[]> {
  const into = series();
  const random = seeded(12);
  const moments = Object.keys(MOMENTS) as Moment[];
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const moment of moments) {
      const plane = await node.start();
      try {
        await sleep(random() * TURN);
        await killBoth(node, plane, { into, moment, later: random() * MOMENTS[moment] });
      } finally {
        await plane.stop();
      }
    }
    options.say(`worker killed: round ${round} of ${options.rounds}`);
  }
  const from = "from the service's SIGKILL; a control plane of its own each round";
  return moments.flatMap((moment) => [
    ...timeRows(`worker killed ${moment} -> verified`, into.of(moment), from, 10),
    ...timeRows(
      '  counted from the SIGKILL of the worker',
      into.of(`${moment}, from worker`),
      'the same rounds',
    ),
  ]);
}

async function killBoth(
  node: HealingNode,
  plane: ControlPlane,
  { into, moment, later }: { readonly into: Series; readonly moment: Moment; readonly later: number },
): Promise<void> {
  const worker = (await plane.run()).pids.worker;
  if (worker === null) throw new Error('no worker runs');
  const killed = node.service.kill();
  const { incident } = (await node.told('healing.detected', killed)).data;
  await sleep(later);
  process.kill(worker, 'SIGKILL');
  const workerKilled = Date.now();
  const verified = await node.told('healing.verified', killed, { incident, healed: true });
  await node.told('healing.finished', killed, { incident, outcome: 'healed' });
  // It was too late to disturb anything.
  if (verified.at < workerKilled) return;
  into.add(moment, (verified.at - killed) / 1000);
  into.add(`${moment}, from worker`, (verified.at - workerKilled) / 1000);
}

type Asked = Told<'healing.asked'>['data'];

/** Level 5 stamps the time as the first thing that it does. */
export async function benchApproval(
  node: HealingNode,
  plane: ControlPlane,
  options: SuiteOptions,
): Promise<readonly Row[]> {
  const into = series();
  const { client, close } = await plane.connect();
  const ways = {
    client: async ({ incident, request }: Asked) => {
      const word = { by: 'bench', reason: 'bench', request, signature: null };
      const spoken = await speak(client, 'bench', incident, 'approve', word);
      if (spoken.kind !== 'answered' || !spoken.answer.accepted) throw new Error(JSON.stringify(spoken));
    },
    command: async ({ incident }: Asked) => {
      const words = [path.join(ROOT, 'bin/nxs'), 'approve', incident, '--by', 'bench', '--reason', 'bench'];
      await run(process.execPath, words, { cwd: ROOT, env: node.env });
    },
  };
  try {
    for (let round = 1; round <= options.rounds; round += 1) {
      for (const way of ['client', 'command'] as const) into.add(way, await approveOnce(node, ways[way]));
      options.say(`approval: round ${round} of ${options.rounds}`);
    }
  } finally {
    await close();
  }
  return [
    ...timeRows(
      'approval sent -> its effect, by the client code',
      into.of('client'),
      '`speak` of workers/healing/decide.ts, which page and command use; effect: the time that the command of level 5 stamps',
      2,
    ),
    ...timeRows('the same, by `nxs approve`', into.of('command'), 'from exec: the start of Node is in it', 2),
  ];
}

/** s from the word to the stamp. */
async function approveOnce(node: HealingNode, approve: (asked: Asked) => Promise<void>): Promise<number> {
  await node.calm();
  node.service.breakRestart();
  const killed = node.service.kill();
  const { data } = await node.told('healing.asked', killed);
  await sleep(READING);
  if (node.service.takeStamp() !== null) throw new Error('it was done before anybody approved');
  const sent = Date.now();
  await approve(data);
  const { incident } = data;
  await node.told('healing.finished', killed, { incident, outcome: 'healed' });
  const stamp = node.service.takeStamp();
  if (stamp === null) throw new Error('the approved command left no stamp');
  return (stamp - sent) / 1000;
}
