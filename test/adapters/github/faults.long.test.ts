// Seeded runs under random faults, foreign commits, rot and deaths between steps. Green is believed only when every byte that
// the server holds, read past every fault, is the one here. Objects are the third-party emulator's; the faults themselves and
// whether a rotten object is mended by writing it again rest on the scripted layer.
import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { RunRecord } from '../../../domain/backup/record.js';
import { digests, fill, filesIn, type Files } from '../../support/e2e-place.js';
import { runBackup, verify, type Step } from '../../support/e2e-plain.js';
import { seeded, seedOf, type Random } from '../../support/e2e-random.js';
import { bundleChild, runAndKill } from '../../faults/support/kill.js';
import { blobId } from '../../support/github/client.js';
import type { FaultKind } from '../../support/github/faults.js';
import { ghOf, githubLab, type GithubLab } from '../../support/github-place.js';

const RUNS = 240;
const KILLS = 60;
/** `secondary` stops a run for a second on the clock; it has its own tests. */
const KINDS: readonly FaultKind[] = ['lost', 'reset', 'cut', 'status', 'wrong-oid', 'garbled'];
const STEPS: readonly Step[] = ['planned', 'published', 'verified', 'healed'];
const EVENTS = ['chaos', 'foreign', 'rot', 'lost', 'killed', 'calm'] as const;
type Event = (typeof EVENTS)[number];

class Killed extends Error {}

interface Tally {
  runs: number;
  green: number;
  notGreen: number;
  killed: number;
  falseGreens: number;
  healed: number;
  struck: number;
  readonly events: Partial<Record<Event, number>>;
}

it('of hundreds of runs none is green without being true, and what can be healed is healed in the same run', async () => {
  const seed = seedOf(2_026);
  const random = seeded(seed);
  const tally: Tally = {
    runs: 0,
    green: 0,
    notGreen: 0,
    killed: 0,
    falseGreens: 0,
    healed: 0,
    struck: 0,
    events: {},
  };
  let lab = await begin(random);
  for (let round = 0; round < RUNS; round += 1) {
    const where = `seed ${seed}, round ${round}`;
    // A history of hundreds of commits would only make the emulator slow.
    if (round % 40 === 39) {
      await lab.github.close();
      lab = await begin(random);
    }
    await edit(lab, random);
    const event = random.pick(EVENTS);
    tally.events[event] = (tally.events[event] ?? 0) + 1;
    const { damaged, kill } = await strike(lab, event, random);
    const before = lab.github.struck().length;
    const record = await runUntil(lab, kill);
    tally.runs += 1;
    tally.struck += lab.github.struck().length - before;
    lab.github.calm();
    lab.github.set({ rewriteHeals: true });
    if (record === null) tally.killed += 1;
    else await judge(lab, record, event, damaged, tally, where);
    if (record?.outcome === 'green') continue;
    // Whatever happened, a calm run ends it with no hand.
    const next = await runBackup(lab.config);
    tally.runs += 1;
    expect(next.outcome, `${where}, ${event}, then: ${next.summary}`).toBe('green');
    await judge(lab, next, 'calm', [], tally, `${where}, ${event}, the calm run after it`);
  }
  console.log('github faults', JSON.stringify({ seed, ...tally }));
  expect(tally.falseGreens).toBe(0);
  expect(tally.runs).toBeGreaterThanOrEqual(200);
  expect(tally.green).toBeGreaterThan(RUNS / 2);
  expect(tally.killed).toBeGreaterThan(10);
  expect(tally.healed).toBeGreaterThan(10);
}, 1_800_000);

it('kill -9 at any moment leaves the old or the new tree on the branch, and the next run ends green', async () => {
  const seed = seedOf(2_027);
  const random = seeded(seed);
  const lab = await begin(random);
  const { github, repo, place, config } = lab;
  const script = bundleChild(place.root);
  const tally = { rounds: 0, killed: 0, old: 0, new: 0 };
  let whole = 0;
  for (let round = -1; round < KILLS; round += 1) {
    const where = `seed ${seed}, round ${round}`;
    const old = held(github, repo);
    for (let n = 0; n < 3; n += 1) await edit(lab, random);
    await fill(place.dataDir, { 'bin/always': random.bytes(2_000) });
    const now = digests(await filesIn(place.dataDir));
    // The first one lives, and tells how long it takes.
    const after = round < 0 ? null : random.next() * whole * 1.1;
    const run = `20260101T000000Z-${seed}-${round}`;
    const ended = await runAndKill(
      script,
      join(place.root, 'job.json'),
      { config, run, restore: null },
      after,
    );
    if (!ended.killed) whole = Math.max(whole, ended.ms);
    tally.rounds += 1;
    if (ended.killed) tally.killed += 1;
    const there = held(github, repo);
    const isOld = JSON.stringify(there) === JSON.stringify(old);
    if (!isOld) expect(there, where).toEqual(now);
    tally[isOld ? 'old' : 'new'] += 1;
    const next = await runBackup(config);
    expect(next.outcome, `${where}: ${next.summary}`).toBe('green');
    expect(held(github, repo), where).toEqual(now);
  }
  console.log('github kills', JSON.stringify({ seed, ...tally }));
  expect(tally.killed).toBeGreaterThan(KILLS / 2);
  expect(tally.old).toBeGreaterThan(0);
  expect(tally.new).toBeGreaterThan(0);
}, 1_800_000);

async function begin(random: Random): Promise<GithubLab> {
  const lab = await githubLab();
  lab.github.set({ rewriteHeals: true });
  const files = new Map<string, Buffer>();
  for (let n = 0; n < 12; n += 1) files.set(`d${n % 3}/${n}.md`, text(random));
  for (let n = 0; n < 6; n += 1) files.set(`bin/${n}`, random.bytes(500 + random.below(3_000)));
  await fill(lab.place.dataDir, files);
  expect((await runBackup(lab.config)).outcome).toBe('green');
  return lab;
}

/** Never the same twice, so that no two paths share an object. */
function text(random: Random): Buffer {
  return Buffer.from(`${random.bytes(40 + random.below(400)).toString('hex')}\n`);
}

async function edit({ place }: GithubLab, random: Random): Promise<void> {
  const names = [...(await filesIn(place.dataDir)).keys()].sort();
  const files = new Map<string, Buffer>();
  for (let n = random.below(3); n > 0; n -= 1) {
    const name = random.pick(names);
    files.set(name, name.startsWith('bin/') ? random.bytes(700) : text(random));
  }
  if (random.next() < 0.2) files.set(`new/${random.below(1e9)}`, text(random));
  if (random.next() < 0.1 && names.length > 15) await rm(join(place.dataDir, random.pick(names)));
  await fill(place.dataDir, files);
}

/** What befalls this run; `damaged`: files that were proved and are wrong there now, and must be healed by it. */
async function strike(
  lab: GithubLab,
  event: Event,
  random: Random,
): Promise<{ damaged: readonly string[]; kill: Step | null }> {
  const { github, repo, place } = lab;
  const head = github.head(repo, 'main') ?? '';
  const there = github.files(repo, head);
  const here = await filesIn(place.dataDir);
  const same = [...here.keys()]
    .filter((path) => there.get(path)?.equals(here.get(path) as Buffer) === true)
    .sort();
  const path = random.pick(same);
  switch (event) {
    case 'chaos':
      github.chaos({ seed: random.below(2 ** 31), rate: 0.02 + 0.2 * random.next(), kinds: KINDS });
      return { damaged: [], kill: null };
    case 'foreign':
      await github.commitForeign(repo, 'main', {
        [path]: random.next() < 0.5 ? null : text(random),
        'theirs.md': text(random),
      });
      return { damaged: [path], kill: null };
    case 'rot':
    case 'lost':
      github[event === 'rot' ? 'rot' : 'lose'](repo, blobId(here.get(path) as Buffer));
      // The run itself believes a proof of lately: the look finds it.
      expect((await verify(lab.config, 'full')).green).toBe(false);
      return { damaged: [path], kill: null };
    case 'killed':
      if (random.next() < 0.5) github.chaos({ seed: random.below(2 ** 31), rate: 0.05, kinds: KINDS });
      return { damaged: [], kill: random.pick(STEPS) };
    case 'calm':
      return { damaged: [], kill: null };
  }
}

/** Null: it died after this step. */
async function runUntil({ config }: GithubLab, kill: Step | null): Promise<RunRecord | null> {
  const died = { after: null as Step | null };
  const onStep = (step: Step): void => {
    if (step !== kill) return;
    died.after = step;
    throw new Killed(step);
  };
  const run = `20260101T000000Z-${randomUUID().slice(0, 8)}`;
  const record = await runBackup(config, { run, onStep }).catch((error: unknown) => {
    if (error instanceof Killed) return null;
    throw error;
  });
  return died.after === null ? record : null;
}

/** What the server holds on the branch, our own corner left out. */
function held(github: GithubLab['github'], repo: string): Record<string, string> {
  const files: Files = new Map(
    [...github.files(repo, github.head(repo, 'main') ?? '')].flatMap(([path, bytes]) =>
      path.startsWith('.nxs/') ? [] : [[path, bytes ?? Buffer.from('LOST')]],
    ),
  );
  return digests(files);
}

async function judge(
  { github, repo, place }: GithubLab,
  record: RunRecord,
  event: Event,
  damaged: readonly string[],
  tally: Tally,
  where: string,
): Promise<void> {
  const gh = ghOf(record);
  tally.healed += gh.counts.HEALED ?? 0;
  if (record.outcome !== 'green') {
    tally.notGreen += 1;
    expect(event, `${where}: ${record.summary}`).toBe('chaos');
    return;
  }
  tally.green += 1;
  if (damaged.length > 0)
    expect(gh.counts.HEALED ?? 0, `${where}, ${event}: ${record.summary}`).toBeGreaterThanOrEqual(
      damaged.length,
    );
  const there = held(github, repo);
  const here = digests(await filesIn(place.dataDir));
  if (JSON.stringify(there) !== JSON.stringify(here)) tally.falseGreens += 1;
  expect(there, `${where}, ${event}: a false green`).toEqual(here);
}
