// The record of a restore is on the disk before the first file moves: whatever is killed afterwards, it says what
// was to be placed and what stood there.
import { mkdir, open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errnoOf, NxsError } from '../../domain/errors.js';
import { atomicWrite } from './atomic-write.js';

const RECORD = 'restore.ndjson';
const RESULT = 'result.json';

const content = z.object({ sha256: z.string(), size: z.number().int(), permissions: z.number().int() });

const headerLine = z.object({
  v: z.literal(1),
  restore: z.string(),
  target: z.string(),
  undoes: z.string().nullable(),
  /** ISO 8601, UTC. */
  at: z.string(),
});

/** `placed`: SHA-256 of what is placed, null where the file is removed; `old`: what stands there, null = nothing. */
const stepLine = z.object({ path: z.string(), placed: z.string().nullable(), old: content.nullable() });

/** What was really kept, where the file changed between the record and its move. */
const keptLine = z.object({ kept: z.string(), content });

export type RecordHeader = z.infer<typeof headerLine>;
export type Step = z.infer<typeof stepLine>;
export type KeptContent = z.infer<typeof content>;

export interface RestoreRecord {
  readonly header: RecordHeader;
  /** By path; the newest line of a path counts. */
  readonly steps: ReadonlyMap<string, Step>;
}

/** Reads the record in `dir`; null when there is none that can be read. A torn last line is left out. */
export async function readRecord(dir: string): Promise<RestoreRecord | null> {
  let text: string;
  try {
    text = await readFile(join(dir, RECORD), 'utf8');
  } catch (error) {
    if (errnoOf(error) === 'ENOENT' || errnoOf(error) === 'ENOTDIR') return null;
    throw new NxsError('STATE_UNREADABLE', `The record of the restore in ${dir} cannot be read.`, {}, error);
  }
  let header: RecordHeader | null = null;
  const steps = new Map<string, Step>();
  for (const line of text.split('\n')) {
    const value = parse(line);
    const step = stepLine.safeParse(value);
    const kept = keptLine.safeParse(value);
    const first = headerLine.safeParse(value);
    if (first.success) header ??= first.data;
    if (step.success) steps.set(step.data.path, step.data);
    if (kept.success) {
      const known = steps.get(kept.data.kept);
      if (known !== undefined) steps.set(known.path, { ...known, old: kept.data.content });
    }
  }
  return header === null ? null : { header, steps };
}

/** Writes header and steps, after what an earlier attempt wrote, and syncs them. Throws the system's error. */
export async function writeRecord(dir: string, header: RecordHeader, steps: readonly Step[]): Promise<void> {
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await appendLines(dir, [header, ...steps]);
}

export async function recordKept(dir: string, path: string, kept: KeptContent): Promise<void> {
  await appendLines(dir, [{ kept: path, content: kept }]);
}

// The newline in front ends a line that a killed attempt left unfinished.
async function appendLines(dir: string, lines: readonly object[]): Promise<void> {
  const handle = await open(join(dir, RECORD), 'a', 0o600);
  try {
    await handle.appendFile(`\n${lines.map((line) => JSON.stringify(line)).join('\n')}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Keeps the report of a finished restore, so that repeating it is an answer and not a second restore. */
export async function writeResult(dir: string, report: object): Promise<void> {
  await atomicWrite(join(dir, RESULT), `${JSON.stringify(report)}\n`);
}

export async function readResult(dir: string): Promise<unknown> {
  return parse(await readFile(join(dir, RESULT), 'utf8').catch(() => ''));
}

/** True once the restore in `dir` came to its end. */
export async function isFinished(dir: string): Promise<boolean> {
  return stat(join(dir, RESULT)).then(
    () => true,
    () => false,
  );
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return null;
  }
}
