// kill -9 of the process that does the work, at a random moment, over and over on one destination.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { digests, configOf, fill, filesIn, makePlace, removePlace } from '../../support/e2e-place.js';
import { fsck, gitListing, holds, rootTree } from '../../support/e2e-git.js';
import { restore, runBackup } from '../../support/e2e-plain.js';
import { seeded, type Random } from '../../support/e2e-random.js';
import { bundleChild, runAndKill, type Killed } from './kill.js';

const SMALL = 200;
const LARGE = 4;

export interface Tally {
  rounds: number;
  /** Killed before it was done. */
  killed: number;
  /** The destination still held the old tree. */
  old: number;
  new: number;
  /** Restores that were stopped with some files placed and some not. */
  half: number;
  /** Steps that were reached, by name. */
  readonly steps: Record<string, number>;
}

function emptyTally(): Tally {
  return { rounds: 0, killed: 0, old: 0, new: 0, half: 0, steps: {} };
}

function corpus(random: Random): Map<string, Buffer> {
  const files = new Map<string, Buffer>();
  for (let n = 0; n < SMALL; n += 1) files.set(`d${n % 9}/f${n}`, random.bytes(200 + random.below(4_000)));
  for (let n = 0; n < LARGE; n += 1) files.set(`large/${n}`, random.bytes(600_000));
  return files;
}

/** Another forty files, one large one, two new ones and a deletion. */
async function edit(dir: string, files: Map<string, Buffer>, random: Random): Promise<void> {
  const names = [...files.keys()];
  for (let n = 0; n < 40; n += 1) files.set(random.pick(names), random.bytes(200 + random.below(4_000)));
  files.set(`large/${random.below(LARGE)}`, random.bytes(600_000));
  for (let n = 0; n < 2; n += 1) files.set(`new/${random.below(1e9)}`, random.bytes(100));
  const gone = random.pick(names);
  files.delete(gone);
  await rm(join(dir, gone), { force: true });
  await fill(dir, files);
}

/** Rounds of "edit, back up, die": the destination holds the old or the new tree, and the next run ends green. */
export async function killedBackups(rounds: number, seed: number): Promise<Tally> {
  const random = seeded(seed);
  const place = await makePlace();
  const tally = emptyTally();
  try {
    const config = await configOf(place);
    const script = bundleChild(place.root);
    let files = corpus(random);
    await fill(place.dataDir, files);
    expect((await runBackup(config)).outcome).toBe('green');
    let whole = 0;
    for (let round = -1; round < rounds; round += 1) {
      const old = new Map(files);
      const oldTree = rootTree(place.store);
      files = new Map(files);
      await edit(place.dataDir, files, random);
      // The first one lives, and tells how long it takes.
      const after = round < 0 ? null : random.next() * whole * 1.1;
      const job = { config, run: `20260101T000000Z-${seed}-${round}`, restore: null };
      const run = await runAndKill(script, join(place.root, 'job.json'), job, after);
      count(tally, run);
      if (!run.killed) whole = whole === 0 ? run.ms : 0.7 * whole + 0.3 * run.ms;
      const where = `seed ${seed}, round ${round}, after ${run.lines.join(', ')}`;
      const listing = gitListing(place.store);
      const isOld = rootTree(place.store) === oldTree && holds(listing, old);
      expect(isOld || holds(listing, files), where).toBe(true);
      tally[isOld ? 'old' : 'new'] += 1;
      const next = await runBackup(config);
      expect(next.outcome, `${where}: ${next.summary}`).toBe('green');
      expect(holds(gitListing(place.store), files), where).toBe(true);
      if (round % 10 === 9 || round === rounds - 1) fsck(place.store);
    }
    return tally;
  } finally {
    await removePlace(place);
  }
}

/** Rounds of "restore over an edited directory, die": each file is the old or the new one, and repeating it completes. */
export async function killedRestores(rounds: number, seed: number): Promise<Tally> {
  const random = seeded(seed);
  const place = await makePlace();
  const tally = emptyTally();
  try {
    const config = await configOf(place);
    const script = bundleChild(place.root);
    const files = corpus(random);
    await fill(place.dataDir, files);
    expect((await runBackup(config)).outcome).toBe('green');
    let whole = 0;
    for (let round = -1; round < rounds; round += 1) {
      const target = join(place.root, `target-${round}`);
      const old = new Map(
        [...files].filter(() => random.next() < 0.7).map(([path]) => [path, random.bytes(50)]),
      );
      old.set('mine/kept', Buffer.from('not in the backup'));
      await fill(target, old);
      const run = `20260101T000000Z-${seed}-${round}`;
      // The first one lives, and tells how long it takes.
      const after = round < 0 ? null : random.next() * whole * 1.1;
      const job = { config, run, restore: { to: target } };
      const ended = await runAndKill(script, join(place.root, 'job.json'), job, after);
      count(tally, ended);
      if (!ended.killed) whole = whole === 0 ? ended.ms : 0.7 * whole + 0.3 * ended.ms;
      const where = `seed ${seed}, round ${round}, after ${ended.lines.join(', ')}`;
      const placed = await checkEach(target, old, files, where);
      if (placed > 0 && placed < files.size) tally.half += 1;
      // A person starts it anew half of the time; the workflow's retry has the same name.
      const again = await restore(config, random.next() < 0.5 ? { to: target, run } : { to: target });
      expect(again.unverified + again.refused, `${where}: ${again.summary}`).toBe(0);
      const expected = new Map([...files, ['mine/kept', Buffer.from('not in the backup')] as const]);
      expect(digests(await yoursIn(target)), where).toEqual(digests(expected));
      await rm(target, { recursive: true });
    }
    return tally;
  } finally {
    await removePlace(place);
  }
}

/** Without our own names: a kill in the blink in which the lock is made leaves its empty temporary file. */
async function yoursIn(target: string): Promise<Map<string, Buffer>> {
  return new Map([...(await filesIn(target))].filter(([path]) => !path.startsWith('.nxs-')));
}

/** How many of the wanted files are in place; throws for one that is neither the old nor the new one. */
async function checkEach(
  target: string,
  old: ReadonlyMap<string, Buffer>,
  wanted: ReadonlyMap<string, Buffer>,
  where: string,
): Promise<number> {
  let placed = 0;
  const now = await filesIn(target);
  for (const [path, bytes] of wanted) {
    const found = now.get(path);
    const before = old.get(path);
    if (found?.equals(bytes) === true) placed += 1;
    else if (before === undefined) expect(found, `${where}: ${path}`).toBeUndefined();
    else expect(found?.equals(before), `${where}: ${path} is neither the old nor the new one`).toBe(true);
  }
  expect(now.get('mine/kept')?.toString(), where).toBe('not in the backup');
  return placed;
}

function count(tally: Tally, { lines, killed }: Killed): void {
  tally.rounds += 1;
  if (killed) tally.killed += 1;
  const last = lines.at(-1)?.split(' ')[0] ?? 'not begun';
  tally.steps[last] = (tally.steps[last] ?? 0) + 1;
}
