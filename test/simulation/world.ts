// The world of the simulation: real files, a real repository, and beside them the model that says what must be true.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import type { Config } from '../../config/types.js';
import { cutInHalf, flipByte, flipObject, idOf, packs, refPath, removeAll } from '../support/e2e-damage.js';
import { gitFiles } from '../support/e2e-git.js';
import { configOf, digests, filesIn, makePlace, removePlace, type Place } from '../support/e2e-place.js';
import { restore, runBackup, verify } from '../support/e2e-plain.js';
import type { Random } from '../support/e2e-random.js';

export interface Story {
  readonly steps: string[];
  readonly tally: Record<string, number>;
}

/** Plays `steps` random steps and checks the model after each that promises something. Throws with the story so far. */
export async function play(steps: number, random: Random, story: Story): Promise<void> {
  const place = await makePlace();
  try {
    const world = new World(place, await configOf(place), random, story);
    world.write('MEMORY.md');
    await world.run();
    for (let step = 0; step < steps; step += 1) await world.step();
    // However it went: a last run heals, and everything is there.
    await world.run();
    await world.verify();
    await world.restore();
  } finally {
    await removePlace(place);
  }
}

class World {
  private readonly local = new Map<string, Buffer>();
  /** What the last green run saw. */
  private backedUp = new Map<string, Buffer>();
  private damaged = false;
  private deletions = 0;

  private readonly place: Place;
  private readonly config: Config;
  private readonly random: Random;
  private readonly story: Story;

  constructor(place: Place, config: Config, random: Random, story: Story) {
    this.place = place;
    this.config = config;
    this.random = random;
    this.story = story;
  }

  async step(): Promise<void> {
    const dice = this.random.next();
    if (dice < 0.3) this.write(this.name());
    else if (dice < 0.38) this.delete();
    else if (dice < 0.43) this.move();
    else if (dice < 0.58) this.damage();
    else if (dice < 0.82) await this.run();
    else if (dice < 0.92) await this.verify();
    else await this.restore();
  }

  write(path: string): void {
    const bytes = this.random.bytes(this.random.pick([0, 1, 90, 4_000, 4_000, 70_000, 300_000]));
    this.tell('write', `${path} ${bytes.length}`);
    const file = join(this.place.dataDir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, bytes);
    this.local.set(path, bytes);
  }

  private delete(): void {
    if (!this.mayLose()) return;
    const path = this.random.pick([...this.local.keys()]);
    this.tell('delete', path);
    rmSync(join(this.place.dataDir, path));
    this.local.delete(path);
    this.deletions += 1;
  }

  /** Less than a mass deletion, and never the last one of what is backed up: those are held for a person. */
  private mayLose(): boolean {
    const left = [...this.backedUp.keys()].filter((path) => this.local.has(path)).length;
    return this.local.size >= 4 && left > 1 && this.deletions < 4;
  }

  private move(): void {
    if (!this.mayLose()) return;
    const from = this.random.pick([...this.local.keys()]);
    const to = `moved/${this.random.below(1e6)}`;
    this.tell('move', `${from} ${to}`);
    mkdirSync(join(this.place.dataDir, 'moved'), { recursive: true });
    renameSync(join(this.place.dataDir, from), join(this.place.dataDir, to));
    this.local.set(to, this.local.get(from) ?? Buffer.alloc(0));
    this.local.delete(from);
    this.deletions += 1;
  }

  private damage(): void {
    const { store } = this.place;
    if (this.damaged) return;
    const kind = this.random.pick([
      'blob',
      'blob',
      'blob',
      'blob',
      'tree',
      'commit',
      'manifest',
      'pack cut',
      'pack gone',
      'idx gone',
      'idx flip',
      'any flip',
      'ref',
    ] as const);
    const path = this.random.pick([...this.backedUp.keys()]);
    this.tell('damage', `${kind} ${path}`);
    this.story.tally[`damage: ${kind}`] = (this.story.tally[`damage: ${kind}`] ?? 0) + 1;
    const pack = this.random.pick(packs(store));
    if (kind === 'blob') flipObject(store, idOf(store, `main:${path}`));
    else if (kind === 'tree') flipObject(store, idOf(store, 'main^{tree}'));
    else if (kind === 'commit') flipObject(store, idOf(store, 'main'));
    else if (kind === 'manifest') flipObject(store, idOf(store, 'main:.nxs/manifest.ndjson'));
    else if (kind === 'pack cut') cutInHalf(pack);
    else if (kind === 'pack gone') removeAll([pack]);
    else if (kind === 'idx gone') removeAll([pack.replace(/pack$/, 'idx')]);
    else if (kind === 'idx flip') flipByte(pack.replace(/pack$/, 'idx'));
    else if (kind === 'any flip') flipByte(pack, this.random.below(readFileSync(pack).length));
    else writeFileSync(refPath(store), this.random.pick(['', 'rubbish\n', `${'2'.repeat(40)}\n`]));
    this.damaged = true;
  }

  async run(): Promise<void> {
    const record = await runBackup(this.config);
    this.tell('run', record.summary);
    // Everything that these steps can do is healable from the source, so every run has to end green.
    expect(record.outcome, this.told()).toBe('green');
    this.expectStored(this.local, 'a green run');
    this.backedUp = new Map(this.local);
    this.deletions = 0;
    this.damaged = false;
  }

  async verify(): Promise<void> {
    const seen = await verify(this.config);
    this.tell('verify', seen.summary);
    if (seen.green) this.expectStored(this.backedUp, 'a green verification');
    else expect(this.damaged, `not green without damage: ${seen.summary}\n${this.told()}`).toBe(true);
  }

  async restore(): Promise<void> {
    const to = join(this.place.root, 'restored');
    const result = await restore(this.config, { to }).catch((error: unknown) => error as Error);
    this.tell('restore', result instanceof Error ? result.message : result.summary);
    if (result instanceof Error) {
      expect(this.damaged, `${result.message}\n${this.told()}`).toBe(true);
      return;
    }
    const got = await filesIn(to);
    await rm(to, { recursive: true, force: true });
    // Whole or not: a byte that was not backed up is never written.
    for (const [path, bytes] of got) {
      expect(bytes.equals(this.backedUp.get(path) ?? Buffer.from('\0none')), `${path}\n${this.told()}`).toBe(
        true,
      );
    }
    const whole = result.unverified + result.refused === 0;
    if (whole) expect(digests(got), this.told()).toEqual(digests(this.backedUp));
    else expect(this.damaged, this.told()).toBe(true);
  }

  /** No false green: git itself gives out these bytes, now. */
  private expectStored(files: ReadonlyMap<string, Buffer>, after: string): void {
    const stored = gitFiles(this.place.store) ?? new Map<string, Buffer | null>();
    const given = new Map([...stored].map(([path, bytes]) => [path, bytes ?? Buffer.from('\0unreadable')]));
    expect(digests(given), `after ${after}\n${this.told()}`).toEqual(digests(files));
  }

  private name(): string {
    if (this.local.size > 0 && this.random.next() < 0.4) return this.random.pick([...this.local.keys()]);
    const folder = this.random.pick(['', 'memory/', 'memory/deep/', 'täglich/', '-dash/', 'with space/']);
    return `${folder}${this.random.pick(['a', 'b', '.hidden', 'ü', '😀', "quo'te", 'x'])}${this.random.below(30)}`;
  }

  private tell(kind: string, what: string): void {
    this.story.steps.push(`${this.story.steps.length}. ${kind}: ${what}`);
    this.story.tally[kind] = (this.story.tally[kind] ?? 0) + 1;
  }

  private told(): string {
    return this.story.steps.slice(-25).join('\n');
  }
}
