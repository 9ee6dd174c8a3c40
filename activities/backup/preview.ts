// What a run would do now, worked out by the run's own steps up to the point where something would be sent.
import type { StageProblem } from '../../domain/backup/entry.js';
import type { Catalog } from '../../domain/backup/local-ports.js';
import type { Destination } from '../../domain/backup/ports.js';
import type { RunRecord } from '../../domain/backup/record.js';
import { errorMessage, NxsError } from '../../domain/errors.js';
import type { PlannedDestination } from '../contracts.js';
import { dueOf, provedTimes } from './judge.js';
import { isAbsent, planBackup } from './plan.js';
import { storeOf, type BackupPorts, type Task } from './ports.js';
import { accepted, carriedOver } from './publish.js';
import { holdsExactly, standsFor, trustedBook, viewHead, type RemoteView } from './remote.js';
import { currentStore } from './trail.js';

/** Its stage and its catalog go by this name; the next preview takes its place. */
const RUN = 'preview';

export interface PreviewFile {
  readonly path: string;
  readonly action: 'upload' | 'replace' | 'remove' | 'hold_back';
  /** Bytes here, or there when it leaves; null: unknown. */
  readonly size: number | null;
  /** Why it is held back; null else. */
  readonly reason: string | null;
}

export interface PreviewDestination {
  readonly name: string;
  readonly kind: string;
  readonly location: string;
  readonly state: 'ready' | 'not_configured' | 'failed';
  readonly note: string | null;
  /** True when its head already holds it all. */
  readonly unchanged: boolean;
  readonly files: readonly PreviewFile[];
  /** Files and bytes that would be read back. */
  readonly read: { readonly files: number; readonly bytes: number };
  /** Null: requests do not count there. */
  readonly requests: number | null;
  readonly writes: number | null;
  /** Waits included; without the time that the bytes themselves take. Null: unknown. */
  readonly minutes: number | null;
}

export interface BackupPreview {
  readonly files: number;
  readonly bytes: number;
  /** Files of the data directory that could not go anywhere: "path: why". */
  readonly problems: readonly string[];
  /** Not null: the run would stop and ask. */
  readonly held: RunRecord['held'];
  readonly destinations: readonly PreviewDestination[];
}

/** Sends nothing and makes nothing at any destination. Throws NxsError DATA_DIR_MISSING. */
export async function previewBackup(ports: BackupPorts, task: Task): Promise<BackupPreview> {
  try {
    const plan = await planBackup(ports, { run: RUN, confirm: null, dry: true }, task);
    const catalog = await ports.state.loadCatalog(RUN);
    const destinations: PreviewDestination[] = [];
    for (const planned of plan.destinations) {
      destinations.push(await previewOne(ports, planned, catalog, task));
    }
    const problems = catalog.problems.map(({ local, reason }) => `${local}: ${reason}`);
    return { files: plan.files, bytes: plan.bytes, problems, held: plan.held, destinations };
  } finally {
    await ports.stages.remove(RUN);
  }
}

async function previewOne(
  ports: BackupPorts,
  planned: PlannedDestination,
  catalog: Catalog,
  task: Task,
): Promise<PreviewDestination> {
  const { name, kind, location, state, note } = planned;
  const about = { name, kind, location, state, note };
  if (state !== 'ready') return { ...about, ...NOTHING };
  const configured = storeOf(ports, name);
  try {
    return await ports.alone(configured, async () => ({
      ...about,
      ...(await preview(ports, configured, catalog, task)),
    }));
  } catch (error) {
    if (!(error instanceof NxsError)) throw error;
    return { ...about, ...NOTHING, state: 'failed', note: errorMessage(error) };
  }
}

type Findings = Omit<PreviewDestination, 'name' | 'kind' | 'location' | 'state' | 'note'>;

const NOTHING: Findings = {
  unchanged: false,
  files: [],
  read: { files: 0, bytes: 0 },
  requests: null,
  writes: null,
  minutes: null,
};

async function preview(
  ports: BackupPorts,
  configured: Destination,
  catalog: Catalog,
  task: Task,
): Promise<Findings> {
  const store = (await isAbsent(ports, configured))
    ? asEmpty(configured)
    : await currentStore(ports, configured);
  const book = await trustedBook(ports, store);
  const head = await store.head();
  const view = await viewHead(ports, store, head, book, task);
  const all = [...catalog.files, ...carriedOver(view, catalog)];
  const { files, refused, missing } = await accepted(ports, RUN, store, view, all, task);
  const unchanged = head !== null && holdsExactly(view, files);
  const kept = new Set(files.map(({ path }) => path));
  const expected = catalog.files.filter(({ path }) => kept.has(path));
  const provedAt = provedTimes(book?.files ?? []);
  const { due } = dueOf(ports, { expected, provedAt, level: 'run' }, ports.now());
  const changes = changesOf(view, files, refused);
  const sizes = new Map(files.map(({ oid, size }) => [oid, size]));
  const reads = [...new Map(due.map(({ oid, size }) => [oid, size])).values()];
  const effort = await store.effort?.(
    {
      first: head === null,
      blind: !standsFor(book, head?.commit ?? ''),
      unchanged,
      missing: missing.map((oid) => ({ oid, size: sizes.get(oid) ?? 0 })),
      opaque: [],
      upserts: changes.filter(({ action }) => action === 'upload' || action === 'replace').length,
      removals: changes.filter(({ action }) => action === 'remove').length,
      reads,
      total: files.reduce((sum, { size }) => sum + size, 0),
    },
    missing.length === 0 ? null : ports.stages.open(RUN),
    task.signal,
  );
  return {
    unchanged,
    files: changes,
    read: { files: due.length, bytes: due.reduce((sum, { size }) => sum + size, 0) },
    requests: effort?.requests ?? null,
    writes: effort?.writes ?? null,
    minutes: effort === undefined ? null : Math.round((effort.duration / 60_000) * 100) / 100,
  };
}

/** What the destination will be before its first run makes it. */
function asEmpty(store: Destination): Destination {
  return {
    ...store,
    head: () => Promise.resolve(null),
    lacks: (oids) => Promise.resolve(oids),
    witness: () => Promise.resolve(null),
  };
}

function changesOf(
  view: RemoteView,
  files: readonly { readonly path: string; readonly oid: string; readonly size: number }[],
  refused: readonly StageProblem[],
): PreviewFile[] {
  const kept = new Set(files.map(({ path }) => path));
  const changes: PreviewFile[] = [];
  for (const { path, oid, size } of files) {
    const there = view.files.get(path);
    if (there?.oid === oid) continue;
    changes.push({ path, action: there === undefined ? 'upload' : 'replace', size, reason: null });
  }
  for (const { path, local, reason } of refused) {
    changes.push({ path: path ?? local, action: 'hold_back', size: null, reason });
  }
  for (const [path, { size }] of view.files) {
    if (!kept.has(path)) changes.push({ path, action: 'remove', size, reason: null });
  }
  return changes;
}
