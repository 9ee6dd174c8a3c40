// What must be true when a story is over (SYNC.md, invariants).
import { coverage } from '../../../domain/sync/covered.js';
import { blobId, type Leaf, type Repository } from './git.js';
import type { Node } from './node.js';

export const LOG = 'DECISION-LOG.md';
export const SECRET = 'tasks/s.md';

const RULES = coverage({
  include: ['memory/*.md', 'MEMORY.md', LOG, 'config/*.yaml', 'tasks/**'],
  exclude: ['*.tmp', 'credentials/**'],
  rules: [],
});

export interface Written {
  readonly path: string;
  /** True time, ms. */
  readonly at: number;
  readonly node: string;
  /** Its file time lies ahead: then it is known only that it was there when it was looked at first. */
  readonly ahead: boolean;
  seen?: number;
}

/** What the world has noted down of its story. */
export interface Ledger {
  readonly hub: Repository;
  readonly nodes: readonly Node[];
  readonly solo: boolean;
  readonly skewed: boolean;
  readonly crashed: boolean;
  readonly wiped: boolean;
  readonly time: number;
  /** By content id. */
  readonly written: ReadonlyMap<string, Written>;
  /** Headings of log entries that a scan has seen. */
  readonly scannedEntries: ReadonlySet<string>;
  /** Content id -> node that took it out of its place. */
  readonly replaced: ReadonlyMap<string, string>;
  readonly secrets: ReadonlySet<string>;
  /** Per path: when a person did something to it last. */
  readonly touched: ReadonlyMap<string, number>;
  /** What a merge left under a name, to be there at the end unless somebody touches it. */
  readonly promised: ReadonlyMap<
    string,
    { readonly path: string; readonly oid: string; readonly at: number }
  >;
  note(line: string): void;
  fail(what: string): never;
}

export const text = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);
export const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);

export function judge(world: Ledger): void {
  converged(world);
  nothingLost(world);
  logWhole(world);
  noSecrets(world);
  laterWins(world);
  promisesKept(world);
  world.note(`ends at ${world.hub.refs.get('refs/heads/main') ?? 'nothing'}`);
  if (world.solo) noConflicts(world);
}

function sharedFiles(world: Ledger, { disk }: Node): Map<string, string> {
  const rows = [...disk.files].filter(
    ([path]) => RULES.covers(path) && path !== SECRET && !isBroken(world, path),
  );
  return new Map(rows.map(([path, { bytes }]) => [path, text(bytes)]));
}

/** YAML that does not parse is taken by nobody who has some that does. */
function isBroken(world: Ledger, path: string): boolean {
  return world.nodes.some(({ kept }) =>
    (kept.status?.held ?? []).some((hold) => hold.path === path && hold.reason === 'unparsable'),
  );
}

function converged(world: Ledger): void {
  const [first, ...others] = world.nodes;
  const expected = describe(sharedFiles(world, first as Node));
  for (const node of others) {
    const found = describe(sharedFiles(world, node));
    if (found !== expected) world.fail(`I1: ${node.name} has\n${found}\nand n1 has\n${expected}`);
  }
  const tip = world.hub.refs.get('refs/heads/main');
  const tree =
    tip === undefined
      ? new Map<string, Leaf>()
      : (world.hub.commits.get(tip)?.tree ?? new Map<string, Leaf>());
  const held = new Map(
    [...tree].flatMap(([path, { oid }]) =>
      path.startsWith('.nxs/') || path === SECRET || isBroken(world, path)
        ? []
        : [[path, text(world.hub.blobs.get(oid) ?? new Uint8Array())] as const],
    ),
  );
  if (describe(held) !== expected) world.fail(`I1: the hub has\n${describe(held)}\nand n1 has\n${expected}`);
}

function nothingLost(world: Ledger): void {
  const published = world.hub.contents(world.hub.refs.get('refs/heads/main'));
  for (const [oid, name] of world.replaced) {
    const node = world.nodes.find((each) => each.name === name) as Node;
    const captured = [...node.copy.refs].some(
      ([ref, id]) => ref.startsWith('refs/nxs/') && node.copy.contents(id).has(oid),
    );
    const inPlace = [...node.disk.files.values()].some(({ bytes }) => blobId(bytes) === oid);
    if (!node.disk.backups.has(oid) && !inPlace)
      world.fail(
        `I3: ${name} kept no copy of ${oid.slice(0, 6)} (${world.written.get(oid)?.path ?? 'made by sync'})`,
      );
    if (!published.has(oid) && !captured && !node.disk.backups.has(oid) && !inPlace)
      world.fail(`I3: ${name} lost ${oid.slice(0, 6)} (${world.written.get(oid)?.path ?? 'made by sync'})`);
  }
  for (const node of world.nodes)
    for (const bytes of node.disk.staging.values())
      if (!published.has(blobId(bytes)) && !node.disk.backups.has(blobId(bytes)))
        world.fail(`I3: ${node.name} left ${blobId(bytes).slice(0, 6)} in its staging directory`);
}

/** Each entry is there, and none twice. One that was cut in its text is an edit: then both texts may stand. */
function logWhole(world: Ledger): void {
  const log = text(world.nodes[0]?.disk.files.get(LOG)?.bytes ?? new Uint8Array());
  for (const entry of world.scannedEntries) {
    if (!log.includes(entry)) world.fail(`I5: "${entry}" is not in the log:\n${log}`);
    const serial = /D(\d+)\.$/.exec(entry)?.[1] ?? '';
    const whole = log.split(`${entry}\n\nBecause of ${serial}.\n`).length - 1;
    if (whole > 1) world.fail(`I5: "${entry}" stands ${whole} times in the log:\n${log}`);
  }
}

function noSecrets(world: Ledger): void {
  for (const { tree } of world.hub.commits.values())
    for (const [path, { oid }] of tree) {
      const isForbidden = world.secrets.has(oid) || (!path.startsWith('.nxs/') && !RULES.covers(path));
      if (isForbidden) world.fail(`I11: the hub holds ${path} ${oid.slice(0, 6)}`);
    }
}

/** Where all clocks are right, of two versions the one that was written later stays. */
function laterWins(world: Ledger): void {
  // A crash may cost the memory of which stamp a version had; nothing of it is lost by that, the other one may stay.
  if (world.skewed || world.crashed) return;
  for (const { kept } of world.nodes)
    for (const { rule, path, kept: stays, lost } of kept.merges) {
      const [winner, loser] = [stays, lost].map((oid) => world.written.get(oid ?? ''));
      if (rule !== 'last-write-wins' || path.endsWith('.yaml') || winner === undefined || loser === undefined)
        continue;
      const latest = winner.ahead ? (winner.seen ?? world.time) : winner.at;
      if (latest < loser.at)
        world.fail(`I9: of ${path} the version of ${loser.at - winner.at} ms earlier stays`);
    }
}

function promisesKept(world: Ledger): void {
  if (world.crashed || world.wiped || world.skewed) return;
  const moved = world.nodes.flatMap(({ kept }) =>
    kept.merges.map(({ path, other }) => `${path}\n${other ?? ''}`),
  );
  const files = sharedFiles(world, world.nodes[0] as Node);
  for (const { path, oid, at } of world.promised.values()) {
    const isDone = oid === '' || path === LOG || isBroken(world, path) || (world.touched.get(path) ?? 0) > at;
    // Somebody had written a newer one by then, and it came later.
    const keptAt = world.written.get(oid)?.at ?? Number.MAX_VALUE;
    const isOutdated = [...world.written.values()].some((each) => each.path === path && each.at > keptAt);
    const again =
      [...moved].filter((each) => each.startsWith(`${path}\n`) || each.endsWith(`\n${path}`)).length > 1;
    const isMeeting = /case|tasks\/d/i.test(path);
    if (isDone || isOutdated || again || isMeeting) continue;
    const content = files.get(path);
    if (content === undefined || blobId(bytesOf(content)) !== oid)
      world.fail(`I9: ${path} should have kept ${oid.slice(0, 6)}, and nobody touched it`);
  }
}

function noConflicts(world: Ledger): void {
  const harmless = new Set(['twins', 'file-vs-directory', 'append-entry-kept']);
  for (const { kept, name } of world.nodes)
    for (const { rule, path } of kept.merges)
      if (!harmless.has(rule))
        world.fail(`I8: ${name} calls ${path} a conflict (${rule}), and only n1 was written to`);
}

function describe(files: ReadonlyMap<string, string>): string {
  return [...files]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([path, content]) => `  ${path}: ${JSON.stringify(content)}`)
    .join('\n');
}
