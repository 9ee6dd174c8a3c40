// Sync beside raw git: a cycle in which nothing changed, one file from a node over the hub to another, five nodes at once; and with
// whole control planes, from the write of a file to its place on the other node.
import { appendFile, mkdir, readFile, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { row, type Row } from '../measure/row.js';
import { run } from '../measure/run.js';
import { series, type Series } from '../measure/series.js';
import { startControlPlane, temporalProgram } from '../subjects/control-plane.js';
import { freePort } from '../subjects/free-port.js';
import type { Scratch } from '../subjects/scratch.js';
import { openSyncNode, type SyncSubject } from '../subjects/sync-node.js';
import type { SuiteOptions } from './suite.js';

const EVENTS = 20;
/** A stamp younger than two seconds is in doubt, and the file is read again. */
const SETTLED_MS = 2_500;

export async function benchSync(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const into = series();
  for (const files of [1_000, 10_000]) await pairs(scratch, files, into, options);
  await atOnce(scratch, into, options);
  await spawned(scratch, into);
  await events(scratch, into, options);
  return rows(into);
}

async function bareHub(scratch: Scratch): Promise<string> {
  const hub = path.join(scratch.dir('hub'), 'hub.git');
  await run('git', ['init', '-q', '--bare', '-b', 'main', hub], { cwd: scratch.root, env: scratch.env });
  return hub;
}

async function fill(data: string, files: number): Promise<void> {
  const old = Date.now() / 1000 - 3600;
  for (let index = 0; index < files; index += 1) {
    const dir = path.join(data, 'tasks', String(Math.floor(index / 100)));
    if (index % 100 === 0) await mkdir(dir, { recursive: true });
    const file = path.join(dir, `${index}.md`);
    await writeFile(file, `task ${index}\n`.repeat(300));
    await utimes(file, old, old);
  }
}

async function pairs(scratch: Scratch, files: number, into: Series, options: SuiteOptions): Promise<void> {
  const hub = await bareHub(scratch);
  const [here, there] = [await openSyncNode(scratch, 'here', hub), await openSyncNode(scratch, 'there', hub)];
  await fill(here.data, files);
  for (const node of [here, there, here]) await node.cycle();
  const peer = await gitClones(scratch, here.data);
  options.say(`${files} files are on both nodes`);
  await sleep(SETTLED_MS);
  for (const node of [here, there]) await node.cycle();
  for (let round = 0; round <= options.rounds; round += 1) {
    const counted = round === 0 ? series() : into;
    await counted.time(`git idle ${files}`, () =>
      peer.shell('git -C a status --porcelain && git -C a fetch -q'),
    );
    await counted.time(`idle ${files}`, () => here.cycle());
    await change(here.data);
    await appendFile(path.join(peer.dir, 'a/tasks/0/1.md'), `round ${round}\n`);
    const commit = 'git -C a add -A && git -C a commit -q -m sync && git -C a push -q';
    await counted.time(`git one ${files}`, () =>
      peer.shell(`${commit} && git -C b fetch -q && git -C b merge -q --ff-only`),
    );
    await counted.time(`one ${files}`, async () => {
      const sent = await here.cycle();
      const got = await there.cycle();
      if (sent.published !== 1 || got.applied !== 1) throw new Error('the file did not travel');
    });
    // The peers of ours learn of it, so that the next idle cycle is one.
    await here.cycle();
    await sleep(SETTLED_MS);
    for (const node of [here, there]) await node.cycle();
    options.say(`${files} files: round ${round} of ${options.rounds}`);
  }
}

/** A change with a time that is at rest, as a watcher would hand it on. */
async function change(data: string): Promise<void> {
  const file = path.join(data, 'tasks/0/1.md');
  await appendFile(file, `${Date.now()}\n`);
  const then = Date.now() / 1000 - 1;
  await utimes(file, then, then);
}

async function gitClones(scratch: Scratch, data: string) {
  const dir = scratch.dir('git');
  const shell = (script: string) => run('sh', ['-c', script], { cwd: dir, env: scratch.env });
  await shell('git init -q --bare -b main hub.git && git clone -q hub.git a 2>/dev/null');
  await run('cp', ['-r', path.join(data, 'tasks'), path.join(dir, 'a')], { cwd: dir, env: scratch.env });
  await shell(
    'cd a && git add -A && git commit -q -m first && git push -q -u origin HEAD:main && cd .. && git clone -q hub.git b',
  );
  return { dir, shell };
}

async function atOnce(scratch: Scratch, into: Series, options: SuiteOptions): Promise<void> {
  const hub = await bareHub(scratch);
  const nodes: SyncSubject[] = [];
  for (const name of ['n1', 'n2', 'n3', 'n4', 'n5']) nodes.push(await openSyncNode(scratch, name, hub));
  await fill(nodes[0]?.data ?? '', 100);
  for (const node of nodes) await node.cycle();
  for (let round = 0; round <= options.rounds * 2; round += 1) {
    await Promise.all(
      nodes.map(({ data }, index) => settledFile(path.join(data, `tasks/of-${index}.md`), round)),
    );
    await Promise.all(
      nodes.map(async (node) => {
        const began = performance.now();
        if ((await node.cycle()).published !== 1) throw new Error('a file did not go out');
        if (round > 0) into.add('five', performance.now() - began);
      }),
    );
    for (const node of nodes) await node.cycle();
  }
  options.say('five nodes have published at once');
}

async function settledFile(file: string, round: number): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `round ${round}\n`);
  const then = Date.now() / 1000 - 1;
  await utimes(file, then, then);
}

/** Processes of an idle cycle and of one that publishes: `git` is counted on its way. */
async function spawned(scratch: Scratch, into: Series): Promise<void> {
  const dir = scratch.dir('count');
  const [log, before] = [path.join(dir, 'log'), process.env['PATH']];
  const real = (await run('sh', ['-c', 'command -v git'], { cwd: dir, env: scratch.env })).stdout.trim();
  const script = `#!/bin/sh\ncase "$GIT_DIR" in *repo.git) echo x >> ${log};; esac\nexec ${real} "$@"\n`;
  await writeFile(path.join(dir, 'git'), script, { mode: 0o755 });
  const node = await openSyncNode(scratch, 'counted', await bareHub(scratch));
  await settledFile(path.join(node.data, 'tasks/a.md'), 1);
  await node.cycle();
  const count = async (work: () => Promise<unknown>) => {
    await writeFile(log, '');
    process.env['PATH'] = `${dir}:${before ?? ''}`;
    await work().finally(() => (process.env['PATH'] = before));
    return (await readFile(log, 'utf8')).length / 2;
  };
  into.add('spawned idle', await count(() => node.cycle()));
  await settledFile(path.join(node.data, 'tasks/a.md'), 2);
  into.add('spawned one', await count(() => node.cycle()));
}

/** Two control planes with watchers and a nudge: from the write to the same bytes on the other node. */
async function events(scratch: Scratch, into: Series, options: SuiteOptions): Promise<void> {
  const program = await temporalProgram();
  const hub = await bareHub(scratch);
  const ports = [await freePort(), await freePort()];
  const planes = await Promise.all(
    ['left', 'right'].map(async (name, index) => {
      const http = { host: '127.0.0.1', port: ports[index] };
      const temporal = { mode: 'embedded', port: await freePort(), ui_port: await freePort() };
      const sync = { remote: hub, peers: [`http://127.0.0.1:${ports[1 - index]}`] };
      const node = await openSyncNode(scratch, name, hub, { nxs: { http, temporal, sync } });
      await settledFile(path.join(node.data, `tasks/${name}.md`), 0);
      const env = { ...node.env, NXS_TEMPORAL_CLI: program };
      const plane = await startControlPlane(env, node.env['NXS_STATE_DIR'] ?? '');
      await plane.firstBackup();
      return { node, plane };
    }),
  );
  try {
    const [left, right] = planes.map(({ node }) => node.data);
    for (let event = 0; event <= EVENTS; event += 1) {
      const [from, to] = [left, right].map((data) => path.join(data ?? '', 'tasks/event.md'));
      const text = `event ${event}\n`;
      const began = performance.now();
      await writeFile(from ?? '', text);
      while ((await readFile(to ?? '', 'utf8').catch(() => '')) !== text) await sleep(5);
      if (event > 0) into.add('event', performance.now() - began);
      await sleep(1_000);
    }
    options.say(`${EVENTS} changes went from one control plane to the other`);
  } finally {
    for (const { plane } of planes) await plane.stop();
  }
}

function rows(into: Series): Row[] {
  const p95 = (name: string) => {
    const sorted = [...into.of(name)].sort((a, b) => a - b);
    return sorted.slice(Math.floor(sorted.length * 0.95) - 1, Math.floor(sorted.length * 0.95));
  };
  return [
    ...[1_000, 10_000].flatMap((files) => [
      row({
        what: `no change, ${files} files`,
        ours: into.of(`idle ${files}`),
        peer: into.of(`git idle ${files}`),
        bar: { of: 'ratio', most: files === 1_000 ? 1 : 2 },
        note: 'ours: look + meet + say in a warm process, every file looked at; peer: git status and git fetch in one shell',
      }),
      row({
        what: `one changed file to the hub and to the other node, ${files} files`,
        ours: into.of(`one ${files}`),
        peer: into.of(`git one ${files}`),
        bar: { of: 'ratio', most: 1.3 },
        note: 'ours: two cycles, with capture, checks, journal and status; peer: add, commit, push, fetch, merge in one shell',
      }),
    ]),
    row({
      what: 'processes of an idle cycle',
      unit: '',
      ours: into.of('spawned idle'),
      bar: { of: 'ours', most: 1 },
    }),
    row({ what: 'processes of a cycle that publishes', unit: '', ours: into.of('spawned one') }),
    row({ what: 'five nodes publish at once: each is in', ours: into.of('five') }),
    row({
      what: 'five nodes publish at once, 95th percentile',
      ours: p95('five'),
      bar: { of: 'ours', most: 3_000 },
    }),
    row({
      what: 'a file written to the same bytes on the other node, two control planes, a nudge',
      ours: into.of('event'),
      bar: { of: 'ours', most: 1_000 },
      note: '300 ms of it are the settle time',
    }),
    row({ what: '  95th percentile', ours: p95('event'), bar: { of: 'ours', most: 2_000 } }),
  ];
}
