// The requests of a run, counted from what it will do; the order is that of activities/backup and of publish.ts.
import { writingTime, type Effort, type Load } from '../../domain/backup/effort.js';
import type { CancelSignal, ObjectRequest, Stage } from '../../domain/backup/ports.js';
import { worthAnArchive } from './archive.js';
import { plainText } from './bytes.js';
import { isEmptyRepository } from './failure.js';
import { planTrees } from './grow-tree.js';
import { standingUploads } from './memory.js';
import { asked, type GithubStore } from './store.js';
import { LONGEST_TEXT, staged } from './upload.js';

/** Requests at a time while reading. */
const AT_ONCE = 8;

/** The port's effort(). Makes at most one request. */
export async function effortOf(
  store: GithubStore,
  load: Load,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<Effort> {
  const empty = load.first && (await isEmpty(store));
  // Without a proof of ours: head, its tree, listing, manifest; and what is published on is looked at once more.
  const looks = load.blind && !load.first ? 7 : load.first ? (empty ? 2 : 4) : 1;
  const proof = proofOf(load);
  const ledger = await store.client.ledger.read();
  const latency = store.client.latency();
  const now = Date.now();
  const gate = Math.max(0, (ledger.gate?.until ?? 0) - now);
  if (load.unchanged) {
    const requests = looks + proof;
    return { requests, writes: 0, duration: gate + requests * latency };
  }
  const writes = (await sent(store, load, stage, signal)) + 2 + (empty ? 2 : 0);
  const writing = writingTime(writes, ledger.writes, store.client.pace, now + gate, latency);
  const reading = (looks + Math.ceil(proof / AT_ONCE) + 1) * latency;
  return { requests: looks + writes + proof, writes, duration: gate + writing + reading };
}

/** Requests that prove it: the listing, the manifest, the blobs. */
function proofOf({ unchanged, reads, total }: Load): number {
  const bytes = reads.reduce((sum, size) => sum + size, 0);
  // The archive comes by a redirect.
  const blobs = worthAnArchive(reads.length, bytes, total) ? 2 : reads.length;
  if (unchanged) return blobs;
  return 2 + blobs;
}

/** Blobs and trees that are sent. */
async function sent(
  store: GithubStore,
  load: Load,
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<number> {
  const standing = standingUploads(await store.memory.read(), Date.now());
  const left = load.missing.filter(({ oid }) => !standing.has(oid));
  const texts = await textsAmong(store, left, stage, signal);
  const blobs = left.length - texts.length + load.opaque.length;
  const plain = load.upserts + load.removals + 2 - texts.length;
  const rows = [...Array<number>(Math.max(0, plain)).fill(0), ...texts];
  return blobs + planTrees(rows);
}

/** Lengths of those that travel inside of a tree. */
async function textsAmong(
  store: GithubStore,
  missing: readonly ObjectRequest[],
  stage: Stage | null,
  signal?: CancelSignal,
): Promise<number[]> {
  const small = missing.filter(({ size }) => size <= LONGEST_TEXT).map(({ oid }) => oid);
  const lengths: number[] = [];
  for await (const { bytes } of staged(store, stage, small, signal)) {
    const text = plainText(bytes);
    if (text !== null) lengths.push(text.length);
  }
  return lengths;
}

async function isEmpty(store: GithubStore): Promise<boolean> {
  const { octokit, at } = store.client;
  try {
    await octokit.rest.git.getRef({ ...at, ref: `heads/${store.branch}`, ...asked(undefined) });
    return false;
  } catch (error) {
    return isEmptyRepository(error);
  }
}
