import { createWriteStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { errorMessage } from '../../../domain/errors.js';
import { keepProgram } from '../keep-program.js';
import { runTool, toolProblem } from '../run-tool.js';
import type { Found, Source, SourceContext } from '../source.js';

// The protocol of the SDK's own ephemeral server download (sdk-core, ephemeral_server/mod.rs): one JSON
// answer names the archive and the file in it. Done here and not through the SDK, because its download has
// no time-out, no progress and no way to keep the result.

export const download: Source = {
  name: 'temporal.download',
  pinned: true,
  async find(context) {
    await mkdir(context.cache, { recursive: true, mode: 0o700 });
    const scratch = await mkdtemp(join(context.cache, 'fetch-'));
    const silence = new AbortController();
    const cancel = () => silence.abort();
    context.signal.addEventListener('abort', cancel);
    try {
      return await fetchProgram(scratch, context, silence);
    } catch (error) {
      return { kind: 'failed', reason: silence.signal.aborted ? silent(context) : networkReason(error) };
    } finally {
      context.signal.removeEventListener('abort', cancel);
      silence.abort();
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function fetchProgram(
  scratch: string,
  context: SourceContext,
  silence: AbortController,
): Promise<Found> {
  const place = await askWhere(context, silence);
  if (typeof place === 'string') return { kind: 'failed', reason: place };
  const archive = join(scratch, basename(new URL(place.archiveUrl).pathname));
  const problem =
    (await save(place.archiveUrl, archive, context, silence)) ?? (await unpack(archive, scratch));
  if (problem !== null) return { kind: 'failed', reason: problem };
  const program = resolve(scratch, place.fileToExtract);
  if (!program.startsWith(scratch + sep))
    return { kind: 'failed', reason: 'the archive names a file outside itself' };
  // A link would lead the next steps to a file of this machine.
  if ((await lstat(program).catch(() => null))?.isFile() !== true)
    return { kind: 'failed', reason: 'the archive does not hold the program as a file' };
  return keepProgram(program, context);
}

interface Place {
  readonly archiveUrl: string;
  readonly fileToExtract: string;
}

async function askWhere(context: SourceContext, silence: AbortController): Promise<Place | string> {
  const arch = process.arch === 'x64' ? 'amd64' : process.arch;
  const query = `platform=${process.platform}&arch=${arch}&format=tar.gz&sdk-name=nxs-resilience`;
  const response = await ask(
    `${context.downloadUrl}/${context.artifact.download}?${query}`,
    context,
    silence,
  );
  if (!response.ok) return `answered ${response.status}`;
  const { archiveUrl, fileToExtract } = (await response.json()) as Partial<Place>;
  if (typeof archiveUrl !== 'string' || typeof fileToExtract !== 'string')
    return 'answered something that is not a download';
  if (context.downloadUrl.startsWith('https:') && !archiveUrl.startsWith('https:'))
    return 'names an archive that would come without TLS';
  return { archiveUrl, fileToExtract };
}

async function save(
  url: string,
  file: string,
  context: SourceContext,
  silence: AbortController,
): Promise<string | null> {
  const response = await ask(url, context, silence);
  if (!response.ok || response.body === null) return `the archive's server answered ${response.status}`;
  const total = Number(response.headers.get('content-length') ?? 0);
  const line = `downloading Temporal ${context.artifact.version}`;
  let bytes = 0;
  let idle = setTimeout(() => silence.abort(), context.answer);
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      clearTimeout(idle);
      idle = setTimeout(() => silence.abort(), context.answer);
      bytes += chunk.length;
      context.progress(line, total > 0 ? Math.floor((100 * bytes) / total) : undefined);
      done(null, chunk);
    },
  });
  try {
    // The types of fetch and of node:stream/web describe the same stream twice.
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    const limit = AbortSignal.timeout(context.total);
    await pipeline(body, counter, createWriteStream(file), { signal: limit });
    return null;
  } finally {
    clearTimeout(idle);
  }
}

/** A request that has `answer` ms until its headers are there; the body has its own limits. */
async function ask(url: string, context: SourceContext, silence: AbortController): Promise<Response> {
  const timer = setTimeout(() => silence.abort(), context.answer);
  try {
    return await fetch(url, { signal: silence.signal });
  } finally {
    clearTimeout(timer);
  }
}

async function unpack(archive: string, directory: string): Promise<string | null> {
  const limits = { answer: 120_000, total: 120_000 };
  return toolProblem(await runTool('tar', ['-xzf', archive, '-C', directory], limits), limits);
}

function silent(context: SourceContext): string {
  return `no answer in ${context.answer / 1000} s`;
}

function networkReason(error: unknown): string {
  // fetch() says only "fetch failed"; what happened is in the cause.
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return errorMessage(cause);
}
