// The first step of a run: one consistent picture of the source, with every byte that some destination lacks read once into
// the run's stage. After it, nothing looks at the live files again.
import type { Catalog, ProofBook, StageInput } from '../../domain/backup/local-ports.js';
import type { Destination, RemoteFile } from '../../domain/backup/ports.js';
import type { RunRecord } from '../../domain/backup/record.js';
import type { StagedFile } from '../../domain/backup/entry.js';
import { comparePaths } from '../../domain/paths.js';
import { errorCode, errorMessage, NxsError } from '../../domain/errors.js';
import { isMassDelete } from '../../domain/mass-delete.js';
import type { BackupPlan, PlanInput, PlannedDestination } from '../contracts.js';
import { chooseFiles, type Choice } from './choose.js';
import type { BackupPorts, ConfiguredDestination, Task } from './ports.js';
import { standsFor, trustedBook, viewRemote, type RemoteView } from './remote.js';
import { currentStore } from './trail.js';

/** Names of missing files that a held run shows. */
const EXAMPLES = 10;

interface Prepared {
  readonly planned: PlannedDestination;
  readonly lacking: ReadonlySet<string>;
  readonly previous: readonly StagedFile[];
}

/** Surveys, stages and decides. Throws NxsError DATA_DIR_MISSING; a destination that cannot be used is in the plan. */
export async function planBackup(
  ports: BackupPorts,
  input: PlanInput & { readonly dry?: boolean },
  task: Task,
): Promise<BackupPlan> {
  await ports.stages.removeStale();
  task.progress('walking the data directory');
  const survey = await ports.source.survey(task.signal);
  const choice = chooseFiles(survey.files, ports.settings);
  const known = choice.chosen.flatMap((file) => (file.known === null ? [] : [file.known.oid]));
  const prepared: Prepared[] = [];
  for (const destination of ports.destinations) {
    task.progress(`looking at ${destination.name}`);
    const asked = { known, confirm: input.confirm, dry: input.dry ?? false };
    prepared.push(await prepare(ports, destination, asked, task));
  }
  const { catalog, read } = await stageAll(ports, input.run, choice, prepared, task);
  await survey.remember(catalog.files);
  await ports.state.saveCatalog(input.run, catalog);
  return {
    files: catalog.files.length,
    bytes: catalog.files.reduce((sum, file) => sum + file.size, 0),
    read,
    problems: catalog.problems.length,
    dataDir: ports.source.root,
    held: hold(ports, catalog, prepared, input.confirm),
    destinations: prepared.map(({ planned }) => planned),
  };
}

async function prepare(
  ports: BackupPorts,
  destination: ConfiguredDestination,
  asked: Asked,
  task: Task,
): Promise<Prepared> {
  const { name, kind } = destination;
  if (destination.state === 'not_configured') {
    const { location, note } = destination;
    return nothing({ name, kind, location, sameDisk: null, state: 'not_configured', note });
  }
  const { store } = destination;
  const ready = { name, kind, location: store.location, sameDisk: null, state: 'ready', note: null } as const;
  try {
    const sameDisk = await store.sharesDisk(ports.source.root);
    return await ports.alone(store, () => look(ports, store, { ...ready, sameDisk }, asked, task));
  } catch (error) {
    const code = errorCode(error);
    // It is written to all the same, and waits there: what it turns out to lack is read then, and the others are not held up.
    if (code === 'RATE_LIMITED') {
      const previous = (await ports.state.loadProofs(name))?.files ?? [];
      return { ...nothing(ready), previous };
    }
    return nothing({ ...ready, state: 'failed', note: errorMessage(error), code });
  }
}

async function look(
  ports: BackupPorts,
  store: Destination,
  planned: PlannedDestination,
  { known, confirm, dry }: Asked,
  task: Task,
): Promise<Prepared> {
  if (dry && (await isAbsent(ports, store))) return { planned, lacking: new Set(known), previous: [] };
  await takeAsItIs(ports, store, confirm);
  const book = await trustedBook(ports, store);
  if (book !== null) await requireThere(ports, store, book, confirm);
  if (!dry) await store.prepare();
  const { files, previous } = await seen(ports, store, book, task);
  const listed = new Set(files.map((file) => (file.size === null ? '' : file.oid)));
  const lacking = new Set(await store.lacks(known.filter((oid) => !listed.has(oid))));
  return { planned, lacking, previous };
}

/**
 * What lies there. A store that costs requests is believed to be as we proved it: whoever moved it meanwhile is noticed when it
 * is published to, and what is then missing is read again.
 */
async function seen(
  ports: BackupPorts,
  store: Destination,
  book: ProofBook | null,
  task: Task,
): Promise<{ files: readonly Pick<RemoteFile, 'oid' | 'size'>[]; previous: readonly StagedFile[] }> {
  if (store.lineage !== null && standsFor(book, book?.commit ?? ''))
    return { files: book.files, previous: book.files };
  const view = await viewSoundly(ports, await currentStore(ports, store), book, task);
  return { files: [...(view?.files.values() ?? [])], previous: view?.manifest?.files ?? book?.files ?? [] };
}

/** A person has looked at a branch that was set back, and takes it as it is. */
async function takeAsItIs(ports: BackupPorts, store: Destination, confirm: string | null): Promise<void> {
  const tamper = (await ports.state.loadTrail(store.name))?.tamper ?? null;
  if (tamper !== null && tamper.token === confirm) await ports.state.saveTrail(store.name, null);
}

interface Asked {
  /** Object ids that earlier reads gave. */
  readonly known: readonly string[];
  readonly confirm: string | null;
  /** Only a look: nothing is made there, not even room. */
  readonly dry: boolean;
}

/** True when nothing of it is there yet; one behind an account cannot be made on the way, so it is not asked. */
export async function isAbsent(ports: BackupPorts, store: Destination): Promise<boolean> {
  return store.lineage === null && (await store.access(ports.source.root)).state === 'absent';
}

/** A destination that held backups and is gone is a disk that is not mounted, until a person says otherwise. */
async function requireThere(
  ports: BackupPorts,
  store: Destination,
  book: ProofBook,
  confirm: string | null,
): Promise<void> {
  // A store that is as we left it is there; only one that was touched is looked at more closely.
  if (book.files.every((file) => file.verifiedAt !== null)) return;
  if ((await store.access(ports.source.root)).state !== 'absent') return;
  const token = `new-${ports.sha256(`${store.name}\0${book.commit}`).slice(0, 12)}`;
  if (confirm === token) return;
  throw new NxsError(
    'DESTINATION_UNREADABLE',
    `${store.location} held ${book.commit.slice(0, 12)} and nothing is there now; is its disk mounted? ` +
      `If a new one is meant: nxs backup run --confirm ${token}`,
  );
}

/** A destination whose tree cannot be read is not refused here: publishing rescues it. */
async function viewSoundly(
  ports: BackupPorts,
  store: Destination,
  book: ProofBook | null,
  task: Task,
): Promise<RemoteView | null> {
  try {
    return await viewRemote(ports, store, book, task);
  } catch (error) {
    if (error instanceof NxsError && error.code === 'DESTINATION_UNREADABLE') return null;
    // Without its manifest our own branch looks like somebody else's; publishing knows it by its history.
    if (error instanceof NxsError && error.details['manifest'] === 'none' && book !== null) return null;
    throw error;
  }
}

function nothing(planned: PlannedDestination): Prepared {
  return { planned, lacking: new Set(), previous: [] };
}

async function stageAll(
  ports: BackupPorts,
  run: string,
  choice: Choice,
  prepared: readonly Prepared[],
  task: Task,
): Promise<{ catalog: Catalog; read: number }> {
  const inputs: StageInput[] = [];
  const files: StagedFile[] = [];
  for (const { local, path, absolute, mode, known, size } of choice.chosen) {
    const wanted = known === null || prepared.some(({ lacking }) => lacking.has(known.oid));
    if (wanted) inputs.push({ local, path, absolute, mode });
    else files.push({ local, path, mode, size, ...known });
  }
  if (inputs.length > 0) task.progress(`reading ${inputs.length} files`);
  const staging =
    inputs.length === 0 ? { staged: [], problems: [] } : await ports.stages.add(run, inputs, task.signal);
  files.push(...staging.staged);
  files.sort((a, b) => comparePaths(a.path, b.path));
  const problems = [...choice.problems, ...staging.problems];
  return { catalog: { files, problems, uncovered: choice.uncovered }, read: inputs.length };
}

/** Far fewer files than last time is a question, not a success (DESIGN.md, principle 4). */
function hold(
  ports: BackupPorts,
  catalog: Catalog,
  prepared: readonly Prepared[],
  confirm: string | null,
): RunRecord['held'] {
  const present = new Set(catalog.files.map((file) => file.path));
  const isInDoubt = doubtOf(catalog);
  for (const { previous: all } of prepared) {
    const previous = all.filter((file) => !ports.settings.starterIds.has(file.oid));
    const missing = previous
      .filter((file) => !present.has(file.path) && !isInDoubt(file))
      .map((file) => file.path);
    const emptied = catalog.files.length === 0 && missing.length > 0;
    if (!emptied && !isMassDelete(previous.length, missing.length)) continue;
    const token = ports.sha256(missing.join('\0')).slice(0, 12);
    if (token === confirm) continue;
    return { before: previous.length, missing: missing.length, token, examples: missing.slice(0, EXAMPLES) };
  }
  return null;
}

/** Tells the files that we could not look at now: they are not "deleted", their last backup stays in the tree. */
export function doubtOf(catalog: Catalog): (file: StagedFile) => boolean {
  const paths = new Set(catalog.problems.map((problem) => problem.path));
  const locals = new Set(catalog.problems.map((problem) => problem.local));
  return ({ path, local }) => {
    if (paths.has(path) || locals.has(local) || locals.has('')) return true;
    for (let at = local.indexOf('/'); at !== -1; at = local.indexOf('/', at + 1)) {
      if (locals.has(local.slice(0, at))) return true;
    }
    return false;
  };
}
