// The world of the simulation: nodes with clocks of their own that are cut off, lose power and race at the hub, people who write,
// delete and tear files; and beside them the ledger that says what must be true (SYNC.md, invariants).
import { coverage } from '../../../domain/sync/covered.js';
import { answerQuestion } from '../../../activities/sync/answer.js';
import type { Random } from '../../support/e2e-random.js';
import { blobId, Repository, type Commit } from './git.js';
import { SOUND, type Mutant } from './mutants.js';
import { Crash, Node } from './node.js';

export interface WorldOptions {
  readonly random: Random;
  readonly mutant?: Mutant;
  /** Only one node is written to: then nothing may ever be called a conflict. */
  readonly solo?: boolean;
  /** No crashes, right clocks, nobody who deletes everything: then the rules can be held against the letter. */
  readonly calm?: boolean;
}

export interface Trace {
  readonly lines: string[];
}

interface Written {
  readonly path: string;
  /** True time, ms. */
  readonly at: number;
  readonly node: string;
  /** Its file time lies ahead: then it is known only that it was there when it was looked at first. */
  readonly ahead: boolean;
  seen?: number;
}

const START = Date.UTC(2026, 2, 1);
const LOG = 'DECISION-LOG.md';
const SECRET = 'tasks/s.md';
const PATHS = [
  'MEMORY.md',
  'memory/a.md',
  'memory/b.md',
  'config/x.yaml',
  'tasks/t1.md',
  'tasks/t2.md',
  'tasks/t3.md',
  'tasks/Case.md',
  'tasks/case.md',
  'tasks/d',
  'tasks/d/x.md',
  'scratch.tmp',
  'credentials/k.md',
];
const RULES = coverage({
  include: ['memory/*.md', 'MEMORY.md', LOG, 'config/*.yaml', 'tasks/**'],
  exclude: ['*.tmp', 'credentials/**'],
  rules: [],
});
const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

/** One story in five has one writer, one in five is calm. */
export function kindOf(seed: number): Pick<WorldOptions, 'solo' | 'calm'> {
  return { solo: seed % 5 === 0, calm: seed % 5 === 1 };
}

/** Plays one seed. Throws with what was broken. */
export async function play(options: WorldOptions): Promise<Trace> {
  const world = new World(options);
  await world.live();
  await world.settle();
  world.judge();
  return { lines: world.trace };
}

class World {
  readonly trace: string[] = [];
  private readonly hub = new Repository();
  private readonly nodes: Node[];
  private readonly random: Random;
  private readonly mutant: Mutant;
  private readonly solo: boolean;
  private readonly calm: boolean;
  private readonly skews = new Map<string, number>();
  private readonly cutOff = new Set<string>();
  private readonly written = new Map<string, Written>();
  private readonly scannedEntries = new Set<string>();
  private readonly replaced = new Map<string, string>();
  private readonly secrets = new Set<string>();
  private readonly torn = new Map<string, string>();
  private readonly skewed: boolean;
  private readonly paths: readonly string[];
  private time = START;
  private serial = 0;
  private quiet = false;
  private crashed = false;
  private wiped = false;
  /** Per path: when a person did something to it last. */
  private readonly touched = new Map<string, number>();
  /** What a merge left under a name, to be there at the end unless somebody touches it. */
  private readonly promised = new Map<
    string,
    { readonly path: string; readonly oid: string; readonly at: number }
  >();
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

  private note(line: string): void {
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

  judge(): void {
    this.converged();
    this.nothingLost();
    this.logWhole();
    this.noSecrets();
    this.laterWins();
    this.promisesKept();
    this.note(`ends at ${this.hub.refs.get('refs/heads/main') ?? 'nothing'}`);
    if (this.solo) this.noConflicts();
  }

  private sharedFiles({ disk }: Node): Map<string, string> {
    const rows = [...disk.files].filter(
      ([path]) => RULES.covers(path) && path !== SECRET && !this.isBroken(path),
    );
    return new Map(rows.map(([path, { bytes }]) => [path, text(bytes)]));
  }

  /** YAML that does not parse is taken by nobody who has some that does. */
  private isBroken(path: string): boolean {
    return this.nodes.some(({ kept }) =>
      (kept.status?.held ?? []).some((hold) => hold.path === path && hold.reason === 'unparsable'),
    );
  }

  private converged(): void {
    const [first, ...others] = this.nodes;
    const expected = describe(this.sharedFiles(first as Node));
    for (const node of others) {
      const found = describe(this.sharedFiles(node));
      if (found !== expected) this.fail(`I1: ${node.name} has\n${found}\nand n1 has\n${expected}`);
    }
    const tip = this.hub.refs.get('refs/heads/main');
    const tree =
      tip === undefined ? new Map<string, { oid: string }>() : (this.hub.commits.get(tip)?.tree ?? new Map());
    const held = new Map(
      [...tree].flatMap(([path, { oid }]) =>
        path.startsWith('.nxs/') || path === SECRET || this.isBroken(path)
          ? []
          : [[path, text(this.hub.blobs.get(oid) ?? new Uint8Array())] as const],
      ),
    );
    if (describe(held) !== expected) this.fail(`I1: the hub has\n${describe(held)}\nand n1 has\n${expected}`);
  }

  private nothingLost(): void {
    const published = this.hub.contents(this.hub.refs.get('refs/heads/main'));
    for (const [oid, name] of this.replaced) {
      const node = this.nodes.find((each) => each.name === name) as Node;
      const captured = [...node.copy.refs].some(
        ([ref, id]) => ref.startsWith('refs/nxs/') && node.copy.contents(id).has(oid),
      );
      const inPlace = [...node.disk.files.values()].some(({ bytes }) => blobId(bytes) === oid);
      if (!node.disk.backups.has(oid) && !inPlace)
        this.fail(
          `I3: ${name} kept no copy of ${oid.slice(0, 6)} (${this.written.get(oid)?.path ?? 'made by sync'})`,
        );
      if (!published.has(oid) && !captured && !node.disk.backups.has(oid) && !inPlace)
        this.fail(`I3: ${name} lost ${oid.slice(0, 6)} (${this.written.get(oid)?.path ?? 'made by sync'})`);
    }
    for (const node of this.nodes)
      for (const bytes of node.disk.staging.values())
        if (!published.has(blobId(bytes)) && !node.disk.backups.has(blobId(bytes)))
          this.fail(`I3: ${node.name} left ${blobId(bytes).slice(0, 6)} in its staging directory`);
  }

  /** Each entry is there, and none twice. One that was cut in its text is an edit: then both texts may stand. */
  private logWhole(): void {
    const log = text(this.nodes[0]?.disk.files.get(LOG)?.bytes ?? new Uint8Array());
    for (const entry of this.scannedEntries) {
      if (!log.includes(entry)) this.fail(`I5: "${entry}" is not in the log:\n${log}`);
      const serial = /D(\d+)\.$/.exec(entry)?.[1] ?? '';
      const whole = log.split(`${entry}\n\nBecause of ${serial}.\n`).length - 1;
      if (whole > 1) this.fail(`I5: "${entry}" stands ${whole} times in the log:\n${log}`);
    }
  }

  private noSecrets(): void {
    for (const { tree } of this.hub.commits.values())
      for (const [path, { oid }] of tree) {
        const isForbidden = this.secrets.has(oid) || (!path.startsWith('.nxs/') && !RULES.covers(path));
        if (isForbidden) this.fail(`I11: the hub holds ${path} ${oid.slice(0, 6)}`);
      }
  }

  /** Where all clocks are right, of two versions the one that was written later stays. */
  private laterWins(): void {
    // A crash may cost the memory of which stamp a version had; nothing of it is lost by that, the other one may stay.
    if (this.skewed || this.crashed) return;
    for (const { kept } of this.nodes)
      for (const { rule, path, kept: stays, lost } of kept.merges) {
        const [winner, loser] = [stays, lost].map((oid) => this.written.get(oid ?? ''));
        if (
          rule !== 'last-write-wins' ||
          path.endsWith('.yaml') ||
          winner === undefined ||
          loser === undefined
        )
          continue;
        const latest = winner.ahead ? (winner.seen ?? this.time) : winner.at;
        if (latest < loser.at)
          this.fail(`I9: of ${path} the version of ${loser.at - winner.at} ms earlier stays`);
      }
  }

  private promisesKept(): void {
    if (this.crashed || this.wiped || this.skewed) return;
    const moved = this.nodes.flatMap(({ kept }) =>
      kept.merges.map(({ path, other }) => `${path}\n${other ?? ''}`),
    );
    const files = this.sharedFiles(this.nodes[0] as Node);
    for (const { path, oid, at } of this.promised.values()) {
      const isDone = oid === '' || path === LOG || this.isBroken(path) || (this.touched.get(path) ?? 0) > at;
      const again =
        [...moved].filter((each) => each.startsWith(`${path}\n`) || each.endsWith(`\n${path}`)).length > 1;
      const isMeeting = /case|tasks\/d/i.test(path);
      if (isDone || again || isMeeting) continue;
      const content = files.get(path);
      if (content === undefined || blobId(bytesOf(content)) !== oid)
        this.fail(`I9: ${path} should have kept ${oid.slice(0, 6)}, and nobody touched it`);
    }
  }

  private noConflicts(): void {
    const harmless = new Set(['twins', 'file-vs-directory', 'append-entry-kept']);
    for (const { kept, name } of this.nodes)
      for (const { rule, path } of kept.merges)
        if (!harmless.has(rule))
          this.fail(`I8: ${name} calls ${path} a conflict (${rule}), and only n1 was written to`);
  }
}

function describe(files: ReadonlyMap<string, string>): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => `  ${path}: ${JSON.stringify(content)}`)
    .join('\n');
}
