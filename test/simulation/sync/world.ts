// The world of the simulation: nodes with clocks of their own that are cut off, lose power and race at the hub, people who write,
// delete and tear files; and beside them the ledger that says what must be true (SYNC.md, invariants).
import { answerQuestion } from '../../../activities/sync/answer.js';
import type { Random } from '../../support/e2e-random.js';
import { blobId, Repository, type Commit } from './git.js';
import { bytesOf, judge, LOG, SECRET, text, type Ledger, type Written } from './judge.js';
import { SOUND, type Mutant } from './mutants.js';
import { Crash, Node } from './node.js';
import { PATHS, type WorldOptions } from './story.js';

export interface Trace {
  readonly lines: string[];
}

const START = Date.UTC(2026, 2, 1);

/** Plays one seed. Throws with what was broken. */
export async function play(options: WorldOptions): Promise<Trace> {
  const world = new World(options);
  await world.live();
  await world.settle();
  judge(world);
  return { lines: world.trace };
}

class World implements Ledger {
  readonly trace: string[] = [];
  readonly hub = new Repository();
  readonly nodes: Node[];
  private readonly random: Random;
  private readonly mutant: Mutant;
  readonly solo: boolean;
  private readonly calm: boolean;
  private readonly skews = new Map<string, number>();
  private readonly cutOff = new Set<string>();
  readonly written = new Map<string, Written>();
  readonly scannedEntries = new Set<string>();
  readonly replaced = new Map<string, string>();
  readonly secrets = new Set<string>();
  private readonly torn = new Map<string, string>();
  readonly skewed: boolean;
  private readonly paths: readonly string[];
  time = START;
  private serial = 0;
  private quiet = false;
  crashed = false;
  wiped = false;
  /** Per path: when a person did something to it last. */
  readonly touched = new Map<string, number>();
  /** What a merge left under a name, to be there at the end unless somebody touches it. */
  readonly promised = new Map<string, { readonly path: string; readonly oid: string; readonly at: number }>();
  private depth = 0;

  constructor({ random, mutant = SOUND, solo = false, calm = false }: WorldOptions) {
    this.random = random;
    this.mutant = mutant;
    this.solo = solo;
    this.calm = calm;
    // Names that meet are resolved by sync itself, which then is one more who writes.
    this.paths = solo ? PATHS.filter((path) => path !== 'tasks/case.md' && path !== 'tasks/d') : PATHS;
    this.skewed = random.next() < 0.3 && !calm;
    const count = 2 + random.below(random.next() < 0.2 ? 4 : 2);
    this.nodes = Array.from({ length: count }, (_none, index) => this.newNode(`n${index + 1}`));
    for (const { name } of this.nodes) this.skews.set(name, this.skewed ? this.drawSkew() : 0);
  }

  private drawSkew(): number {
    const year = 31_536_000_000;
    return this.random.pick([0, 0, -5_000, 30_000, -3_600_000, year, -year]);
  }

  private newNode(name: string): Node {
    return new Node(name, {
      hub: this.hub,
      mutant: this.mutant,
      now: () => this.time + (this.skews.get(name) ?? 0),
      step: (at) => this.step(at),
      race: (node) => this.race(node, 0.2),
      writer: (path) => this.maybeWrite(name, path, 0.1),
      offline: () => this.cutOff.has(name),
      replaced: (bytes) => void this.replaced.set(blobId(bytes), name),
      published: (commit, before) => this.published(commit, before),
    });
  }

  note(line: string): void {
    this.trace.push(`${this.time - START} ${line}`);
  }

  fail(what: string): never {
    throw new Error(`${what}\n${this.trace.slice(-60).join('\n')}`);
  }

  /** A moment in which the power may go. */
  private step(at: string): void {
    this.time += 3;
    if (this.quiet || this.calm || this.random.next() >= 0.012) return;
    this.note(`CRASH ${at}`);
    this.crashed = true;
    throw new Crash(at);
  }

  async live(): Promise<void> {
    for (const node of this.solo ? this.nodes.slice(0, 1) : this.nodes)
      for (const path of ['MEMORY.md', 'tasks/t1.md']) if (this.random.next() < 0.7) this.write(node, path);
    if (this.random.next() < 0.8) this.append(this.nodes[0] as Node);
    for (let turn = 0; turn < 26; turn += 1) {
      this.time += this.random.below(this.random.next() < 0.1 ? 86_400_000 : 8_000);
      const node = this.random.pick(this.nodes);
      const dice = this.random.next();
      if (dice < 0.5) await this.cycle(node);
      else if (dice < 0.9) this.person(node);
      else if (dice < 0.95) this.toggle(node);
      else this.jump(node);
    }
  }

  private toggle({ name }: Node): void {
    if (!this.cutOff.delete(name)) this.cutOff.add(name);
    this.note(`${name} ${this.cutOff.has(name) ? 'is cut off' : 'is back'}`);
  }

  private jump({ name }: Node): void {
    if (!this.skewed) return;
    this.skews.set(name, this.drawSkew());
    this.note(`${name} clock jumps to ${this.skews.get(name)}`);
  }

  private async cycle(node: Node): Promise<void> {
    this.note(`${node.name} cycle`);
    try {
      await node.cycle(() => this.between(node));
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
    } finally {
      this.scannedLog(node);
      this.heldTo(node);
    }
  }

  /** A change that stays although others deleted the file, and the second version of two, are there from then on. */
  private heldTo({ kept, disk, name }: Node): void {
    for (const { id, rule, path, other, kept: stays } of kept.merges) {
      const key = `${name} ${id}`;
      if (this.promised.has(key)) continue;
      const at = rule === 'append-date' ? (other ?? path) : path;
      const there = disk.files.get(at);
      const oid = rule === 'append-date' && there !== undefined ? blobId(there.bytes) : stays;
      const isOne = rule === 'append-date' || rule === 'delete-vs-modify';
      this.promised.set(key, { path: at, oid: isOne ? (oid ?? '') : '', at: this.time - 5_000 });
    }
  }

  /** Between two steps of a cycle: people write, and other nodes have cycles of their own. */
  private async between(node: Node): Promise<void> {
    this.time += 20;
    if (this.quiet) return;
    this.scannedLog(node);
    if (this.random.next() < 0.15) this.person(node);
    await this.race(node, 0.15);
  }

  /** Somebody else has a whole cycle in the middle of this one. */
  private async race(node: Node, chance: number): Promise<void> {
    if (this.quiet || this.depth > 0 || this.random.next() >= chance) return;
    this.depth += 1;
    const other = this.random.pick(this.nodes);
    if (other !== node) await this.cycle(other);
    this.depth -= 1;
  }

  /** Entries that a scan has seen are never to be lost again. */
  private scannedLog({ kept, copy }: Node): void {
    const { memory } = kept;
    for (const { version } of memory?.pending.values() ?? []) {
      const known = this.written.get(version?.oid ?? '');
      if (known !== undefined) known.seen ??= this.time;
    }
    const version = memory?.pending.get(LOG)?.version ?? memory?.base.get(LOG);
    const bytes = version === undefined ? undefined : copy.blobs.get(version.oid);
    for (const line of text(bytes ?? new Uint8Array()).split('\n'))
      if (/^## .* D\d+\.$/.test(line)) this.scannedEntries.add(line);
  }

  private person(node: Node): void {
    if (this.solo && node !== this.nodes[0]) return;
    const dice = this.random.next();
    if (dice < 0.25) this.append(node);
    else if (dice < 0.72) this.write(node, this.random.pick(this.paths));
    else if (dice < 0.84) this.remove(node);
    else if (dice < 0.88) this.tear(node);
    else if (dice < 0.92) this.leak(node);
    else if (dice < 0.95) this.wipe(node);
    else this.write(node, this.random.pick(this.paths), 31_536_000_000);
  }

  private maybeWrite(name: string, path: string, chance: number): void {
    if (this.quiet || this.random.next() >= chance) return;
    const node = this.nodes.find((each) => each.name === name);
    if (node === undefined || (this.solo && node !== this.nodes[0])) return;
    if (path === LOG) this.append(node);
    else this.write(node, path);
  }

  private write(node: Node, path: string, ahead = 0): void {
    const { files } = node.disk;
    for (const other of files.keys())
      if (other.startsWith(`${path}/`) || path.startsWith(`${other}/`)) return;
    this.serial += 1;
    const yaml = path.endsWith('.yaml') && this.random.next() < 0.1 ? '\n\t- [' : '';
    const content = `v: "${this.serial} of ${node.name} with enough words not to be called short"${yaml}\n`;
    this.put(node, path, bytesOf(content), ahead);
  }

  private put(node: Node, path: string, bytes: Uint8Array, ahead = 0): void {
    this.time += 5;
    node.disk.files.set(path, { bytes, mtime: this.time + (this.skews.get(node.name) ?? 0) + ahead });
    this.touched.set(path, this.time);
    this.written.set(blobId(bytes), { path, at: this.time, node: node.name, ahead: ahead > 0 });
    this.note(`${node.name} writes ${path} ${blobId(bytes).slice(0, 6)}`);
  }

  private append(node: Node): void {
    this.serial += 1;
    const now = text(node.disk.files.get(LOG)?.bytes ?? bytesOf('# Decisions\n'));
    // Whoever writes on after a torn write has the whole text in his editor.
    const torn = this.torn.get(node.name);
    const before = torn !== undefined && torn.startsWith(now) ? torn : now;
    const day = new Date(START + this.random.below(20) * 86_400_000).toISOString().slice(0, 10);
    const entry = `\n## ${day} D${this.serial}.\n\nBecause of ${this.serial}.\n`;
    this.put(node, LOG, bytesOf(`${before}${entry}`));
  }

  private tear(node: Node): void {
    if (this.solo) return;
    const file = node.disk.files.get(LOG);
    if (file === undefined) return;
    this.torn.set(node.name, text(file.bytes));
    this.put(node, LOG, file.bytes.slice(0, this.random.below(file.bytes.length + 1)));
  }

  private remove(node: Node): void {
    const paths = [...node.disk.files.keys()].filter((path) => path !== LOG && path !== SECRET);
    if (paths.length === 0) return;
    const path = this.random.pick(paths);
    node.disk.files.delete(path);
    this.touched.set(path, this.time);
    this.note(`${node.name} deletes ${path}`);
  }

  private wipe(node: Node): void {
    if (this.calm) return;
    for (const path of [...node.disk.files.keys()]) {
      if (path !== LOG) node.disk.files.delete(path);
      this.touched.set(path, this.time);
    }
    this.wiped = true;
    this.note(`${node.name} deletes everything`);
  }

  private leak(node: Node): void {
    this.serial += 1;
    const secret = `token ghp_${blobId(bytesOf(String(this.serial))).slice(0, 36)}\n`;
    this.put(node, SECRET, bytesOf(secret));
    this.secrets.add(blobId(bytesOf(secret)));
  }

  private published({ id, author }: Commit, before: string | undefined): void {
    if (before === undefined) return;
    if (!this.hub.history(id).some((each) => each.id === before))
      this.fail(`I15: ${author} set the hub back`);
  }

  /** Nobody writes any more, everybody is reachable, and questions are answered. */
  async settle(): Promise<void> {
    this.quiet = true;
    this.cutOff.clear();
    this.note('settling');
    let calm = 0;
    for (let round = 0; round < 14 && calm < 2; round += 1) {
      const before = this.hub.refs.get('refs/heads/main');
      let asked = false;
      for (const node of this.nodes) {
        this.time += 10_000;
        await this.cycle(node);
        for (const { token } of node.kept.status?.pending ?? []) {
          asked = true;
          await answerQuestion(node.ports(), { token, answer: 'approved', by: 'me' });
        }
      }
      calm = !asked && this.hub.refs.get('refs/heads/main') === before ? calm + 1 : 0;
    }
    if (calm < 2) this.fail('I2: the hub never comes to rest');
  }
}
