// A look from outside a run: does the destination still hold what the last run proved?
import type { EntryResult, StagedFile } from '../../domain/backup/entry.js';
import {
  addCounts,
  allProved,
  countStatuses,
  describeCounts,
  plural,
  type Counts,
} from '../../domain/backup/record.js';
import { isProved } from '../../domain/backup/entry.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import { CHECK_RUN, type ProofBook } from '../../domain/backup/local-ports.js';
import type { Destination } from '../../domain/backup/ports.js';
import type { CheckInput } from '../contracts.js';
import type { CheckResult } from '../../domain/backup/results.js';
import { judge, provedTimes, type Question } from './judge.js';
import { tellVerification } from './notices.js';
import { storeOf, type BackupPorts, type ConfiguredDestination, type Task } from './ports.js';
import { listCommit, lookingAt, trustedBook, viewCommit } from './remote.js';
import { currentStore, findSetBack } from './trail.js';

type DestinationCheck = CheckResult['destinations'][number];

/** Bad entries that the result names; all of them are in the state directory. */
const NAMED = 20;

const NO_LISTING = Promise.resolve({ files: new Map<string, never>(), manifest: null });

/** Verifies one destination or all of them against the last proved run. */
export async function checkBackup(ports: BackupPorts, input: CheckInput, task: Task): Promise<CheckResult> {
  const started = ports.now();
  const wanted = input.destination === null ? ports.destinations : [pick(ports, input.destination)];
  const destinations: DestinationCheck[] = [];
  for (const destination of wanted) {
    const { name } = destination;
    if (destination.state === 'not_configured') {
      destinations.push(blank(name, 'not_configured', destination.note));
      continue;
    }
    const { store } = destination;
    const failed = (error: unknown) => {
      // The workflow waits, and asks again.
      if (error instanceof NxsError && error.code === 'RATE_LIMITED') throw error;
      return blank(name, 'failed', errorMessage(error));
    };
    destinations.push(await lookingAt(ports, store, () => checkOne(ports, store, input, task)).catch(failed));
  }
  const green = destinations.length > 0 && destinations.every(({ state }) => state === 'proved');
  const summary = destinations.map(describe).join('; ');
  const counts = destinations.reduce<Counts>((sum, { counts: own }) => addCounts(sum, own), {});
  await ports.journal({
    id: `verify/${input.run}`,
    type: 'backup.verified',
    data: {
      run: input.run,
      level: input.level,
      outcome: green ? 'green' : 'not_green',
      counts,
      files: destinations.reduce((sum, { read }) => sum + read.files, 0),
      bytes: destinations.reduce((sum, { read }) => sum + read.bytes, 0),
      duration_ms: ports.now() - started,
    },
  });
  for (const { name, state, bad, note } of destinations) {
    if (state === 'not_configured') continue;
    const trouble = [note, ...bad.slice(0, 3)].filter((line) => line !== null).join('; ');
    await tellVerification(ports, name, state === 'proved' ? null : trouble);
  }
  return { green, summary, destinations };
}

function pick(ports: BackupPorts, name: string): ConfiguredDestination {
  storeOf(ports, name);
  return ports.destinations.find((destination) => destination.name === name) as ConfiguredDestination;
}

async function checkOne(
  ports: BackupPorts,
  configured: Destination,
  input: CheckInput,
  task: Task,
): Promise<DestinationCheck> {
  const { name } = configured;
  const store = await currentStore(ports, configured);
  const setBack = await findSetBack(ports, configured);
  const book = await trustedBook(ports, store);
  const witness = book?.witness ?? (await store.witness());
  const { head, listing, manifest, expected } = await lookAt(ports, store, book, task);
  if (head === null || expected.length === 0) {
    return setBack === null
      ? blank(name, 'not_proved', 'there is no backup in it yet')
      : blank(name, 'tampered', setBack);
  }
  task.progress(`${input.level} verification of ${plural(expected.length, 'file')} in ${name}`);
  const provedAt = provedTimes(book?.files ?? []);
  const question = {
    store,
    level: input.level,
    expected,
    listing,
    provedAt,
    healed: new Set<string>(),
    commit: head,
    manifest: input.level === 'quick' ? null : manifest,
  };
  const [{ entries, proofs, read }, changed] = await Promise.all([
    judge(ports, question, task),
    changedSince(ports, expected),
  ]);
  await ports.state.saveEntries(CHECK_RUN, name, entries);
  await ports.state.saveProofs(name, {
    node: ports.settings.node,
    prefix: store.prefix,
    commit: book?.commit ?? head,
    manifest: book?.manifest ?? manifest ?? '',
    witness,
    provedAt: book?.provedAt ?? null,
    files: proofs,
  });
  const counts = countStatuses(entries);
  const moved = book !== null && book.commit !== head;
  return {
    name,
    state: setBack !== null ? 'tampered' : allProved(counts) ? 'proved' : 'not_proved',
    commit: head,
    counts,
    read,
    note: setBack ?? (moved ? `its head ${head.slice(0, 12)} is not the one of our last run` : null),
    bad: entries
      .filter((entry) => !isProved(entry.status))
      .slice(0, NAMED)
      .map(line),
    changedSince: changed,
  };
}

interface Look extends Pick<Question, 'listing' | 'manifest' | 'expected'> {
  readonly head: string | null;
}

/** What the destination lists now, and what it should: the last proved run, or without one its own manifest. */
async function lookAt(
  ports: BackupPorts,
  store: Destination,
  book: ProofBook | null,
  task: Task,
): Promise<Look> {
  const head = (await store.head())?.commit ?? null;
  if (head === null || book?.files.length === 0)
    return { head, listing: NO_LISTING, manifest: null, expected: [] };
  if (book !== null) {
    const manifest = book.commit === head ? book.manifest : null;
    return { head, listing: listCommit(store, head), manifest, expected: book.files };
  }
  const { files, manifest } = await viewCommit(ports, store, head, null, task);
  const listing = Promise.resolve({ files, manifest: null });
  return { head, listing, manifest: null, expected: manifest?.files ?? [] };
}

function line(entry: EntryResult): string {
  return `${entry.path}: ${entry.status}${entry.reason === null ? '' : ` (${entry.reason})`}`;
}

/** How many of these files have other bytes here by now. That is everyday work, not a failure. */
export async function changedSince(ports: BackupPorts, expected: readonly StagedFile[]): Promise<number> {
  const survey = await ports.source.survey().catch(() => null);
  const known = new Map(
    survey?.files.flatMap((f) => (f.kind === 'file' ? [[f.path, f.known] as const] : [])),
  );
  let changed = 0;
  for (const file of expected) {
    const sha256 = known.get(file.local)?.sha256 ?? (await ports.source.digest(file.local));
    if (sha256 !== file.sha256) changed += 1;
  }
  return changed;
}

function blank(name: string, state: DestinationCheck['state'], note: string): DestinationCheck {
  return {
    name,
    state,
    commit: null,
    counts: {},
    read: { files: 0, bytes: 0 },
    note,
    bad: [],
    changedSince: 0,
  };
}

function describe({ name, state, counts, read, note, bad }: DestinationCheck): string {
  if (state === 'not_configured') return `${name}: not configured`;
  const parts = [describeCounts(counts), `${read.files} read back`, ...bad.slice(0, 3)];
  if (note !== null) parts.push(note);
  return `${name}: ${parts.filter((part) => part !== '').join(', ')}`;
}
