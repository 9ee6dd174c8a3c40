// `<state>/backup`: the work of the latest runs, the proofs per destination, and the last record. Nothing here is the only
// copy of anything; a missing or torn file means reading more, not believing more.
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import type { EntryResult, StagedFile, StageProblem } from '../../domain/backup/entry.js';
import type { BackupState, ProofBook, PublishedTree } from '../../domain/backup/local-ports.js';
import { runRecordSchema, type RunRecord } from '../../domain/backup/record.js';
import { NxsError } from '../../domain/errors.js';
import { fileNameOf } from '../../domain/ids.js';
import { atomicWrite } from './atomic-write.js';
import { readNdjson, writeNdjson } from './ndjson.js';

/** Runs whose files are kept for a look; older ones live on in the journal. */
const KEPT_RUNS = 5;

type CatalogLine = { file: StagedFile } | { problem: StageProblem } | { uncovered: string };

/** The backup state below `dir`. */
export function openBackupState(dir: string): BackupState {
  const runFile = (run: string, name: string): string => path.join(dir, 'runs', fileNameOf(run), name);
  const entriesFile = (run: string, destination: string): string =>
    runFile(run, `${fileNameOf(destination)}.entries.ndjson`);
  const proofsFile = (destination: string): string =>
    path.join(dir, 'proofs', `${fileNameOf(destination)}.ndjson`);
  return {
    async saveCatalog(run, { files, problems, uncovered }) {
      const lines: CatalogLine[] = [
        ...files.map((file) => ({ file })),
        ...problems.map((problem) => ({ problem })),
        ...uncovered.map((name) => ({ uncovered: name })),
      ];
      await writeNdjson(runFile(run, 'catalog.ndjson'), 'catalog', {}, lines);
    },
    async loadCatalog(run) {
      const found = await readNdjson(runFile(run, 'catalog.ndjson'), 'catalog');
      if (found === null) throw new NxsError('STATE_UNREADABLE', `The catalog of the run ${run} is gone.`);
      const lines = found.lines as readonly CatalogLine[];
      return {
        files: lines.flatMap((line) => ('file' in line ? [line.file] : [])),
        problems: lines.flatMap((line) => ('problem' in line ? [line.problem] : [])),
        uncovered: lines.flatMap((line) => ('uncovered' in line ? [line.uncovered] : [])),
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
      writeNdjson(entriesFile(run, destination), 'entries', {}, entries),
    async loadEntries(run, destination) {
      const found = await readNdjson(entriesFile(run, destination), 'entries');
      return (found?.lines ?? []) as readonly EntryResult[];
    },
    async saveProofs(destination, { files, ...header }) {
      await writeNdjson(proofsFile(destination), 'proofs', header, files);
    },
    async loadProofs(destination) {
      const found = await readNdjson(proofsFile(destination), 'proofs');
      if (found === null) return null;
      const { node, commit, manifest, witness, provedAt } = found.header as unknown as ProofBook;
      return { node, commit, manifest, witness, provedAt, files: found.lines as ProofBook['files'] };
    },
    async saveRecord(record) {
      await atomicWrite(runFile(record.run, 'record.json'), `${JSON.stringify(record, null, 2)}\n`);
      await atomicWrite(path.join(dir, 'last.json'), `${JSON.stringify(record, null, 2)}\n`);
      await forgetOldRuns(path.join(dir, 'runs'));
    },
    lastRecord: () => readRecord(path.join(dir, 'last.json')),
  };
}

async function readRecord(file: string): Promise<RunRecord | null> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return null;
  try {
    return runRecordSchema.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/** Run names start with their time, so the oldest sort first. Names that do not (the latest check) stay. */
async function forgetOldRuns(dir: string): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  const runs = (await readdir(dir)).filter((name) => /^\d{8}T/.test(name)).sort();
  for (const name of runs.slice(0, -KEPT_RUNS))
    await rm(path.join(dir, name), { recursive: true, force: true });
}
