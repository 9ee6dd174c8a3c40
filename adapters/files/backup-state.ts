// `<state>/backup`: the work of the latest runs, the proofs per destination, and the last record. Nothing here is the only
// copy of anything; a missing or torn file means reading more, not believing more.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { keptAccessSchema } from '../../domain/backup/access.js';
import { keptDrillSchema } from '../../domain/backup/drill.js';
import type { EntryResult } from '../../domain/backup/entry.js';
import type { BackupState, Catalog, PublishedTree } from '../../domain/backup/local-ports.js';
import { runRecordSchema } from '../../domain/backup/record.js';
import { trailSchema } from '../../domain/backup/trail.js';
import { NxsError } from '../../domain/errors.js';
import { fileNameOf } from '../../domain/ids.js';
import { atomicWrite } from './atomic-write.js';
import { openNdjsonFiles } from './ndjson.js';
import { openProofBooks } from './proof-books.js';

/** Runs whose files are kept for a look; older ones live on in the journal. */
const KEPT_RUNS = 5;

/** Files, problems, uncovered names, one kind after the other; the header counts the first two. */
const CATALOG = 'catalog-2';

/** The backup state below `dir`. */
export function openBackupState(dir: string): BackupState {
  const runFile = (run: string, name: string): string => path.join(dir, 'runs', fileNameOf(run), name);
  const entriesFile = (run: string, destination: string): string =>
    runFile(run, `${fileNameOf(destination)}.entries.ndjson`);
  const trailFile = (destination: string): string =>
    path.join(dir, 'trails', `${fileNameOf(destination)}.json`);
  const drillFile = (destination: string): string =>
    path.join(dir, 'drills', `${fileNameOf(destination)}.json`);
  const accessFile = (destination: string): string =>
    path.join(dir, 'access', `${fileNameOf(destination)}.json`);
  const ndjson = openNdjsonFiles();
  const proofs = openProofBooks(path.join(dir, 'proofs'), ndjson);
  return {
    async saveCatalog(run, { files, problems, uncovered }) {
      const counts = { files: files.length, problems: problems.length };
      const lines = [...files, ...problems, ...uncovered];
      await ndjson.write(runFile(run, 'catalog.ndjson'), CATALOG, counts, lines);
    },
    async loadCatalog(run) {
      const found = await ndjson.read(runFile(run, 'catalog.ndjson'), CATALOG);
      if (found === null) throw new NxsError('STATE_UNREADABLE', `The catalog of the run ${run} is gone.`);
      const files = Number(found.header['files']);
      const rest = files + Number(found.header['problems']);
      return {
        files: found.lines.slice(0, files) as Catalog['files'],
        problems: found.lines.slice(files, rest) as Catalog['problems'],
        uncovered: found.lines.slice(rest) as Catalog['uncovered'],
      };
    },
    savePublished: (run, destination, published) =>
      atomicWrite(runFile(run, `${fileNameOf(destination)}.published.json`), JSON.stringify(published), {
        sync: false,
      }),
    async loadPublished(run, destination) {
      const file = runFile(run, `${fileNameOf(destination)}.published.json`);
      try {
        return JSON.parse(await readFile(file, 'utf8')) as PublishedTree;
      } catch (error) {
        const message = `What the run ${run} published to ${destination} is not on record.`;
        throw new NxsError('STATE_UNREADABLE', message, {}, error);
      }
    },
    saveEntries: (run, destination, entries) =>
      ndjson.write(entriesFile(run, destination), 'entries', {}, entries),
    async loadEntries(run, destination) {
      const found = await ndjson.read(entriesFile(run, destination), 'entries');
      return (found?.lines ?? []) as readonly EntryResult[];
    },
    saveProofs: (destination, book) => proofs.save(destination, book),
    loadProofs: (destination) => proofs.load(destination),
    loadTrail: (destination) => readOr(trailFile(destination), trailSchema),
    saveTrail: (destination, trail) => atomicWrite(trailFile(destination), `${JSON.stringify(trail)}\n`),
    async saveRecord(record) {
      await atomicWrite(runFile(record.run, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
      await atomicWrite(path.join(dir, 'last.json'), `${JSON.stringify(record, null, 2)}\n`);
      await forgetOldRuns(path.join(dir, 'runs'), fileNameOf(record.run));
    },
    lastRecord: () => readOr(path.join(dir, 'last.json'), runRecordSchema),
    saveDrill: (drill) => atomicWrite(drillFile(drill.destination), `${JSON.stringify(drill, null, 2)}\n`),
    lastDrill: (destination) => readOr(drillFile(destination), keptDrillSchema),
    saveAccess: (destination, found) => atomicWrite(accessFile(destination), `${JSON.stringify(found)}\n`),
    lastAccess: (destination) => readOr(accessFile(destination), keptAccessSchema),
  };
}

/** Null when it is not there or not of this form. */
async function readOr<T>(file: string, schema: { parse(value: unknown): T }): Promise<T | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return schema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Run names start with their time, so the oldest sort first. Names that do not (the latest check) stay. */
async function forgetOldRuns(dir: string, current: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const runs = (await readdir(dir)).filter((name) => /^\d{8}T/.test(name)).sort();
  for (const name of runs.slice(0, -KEPT_RUNS).filter((run) => run !== current))
    await rm(path.join(dir, name), { recursive: true, force: true });
}
