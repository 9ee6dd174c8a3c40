// What a change of the engine's version does to the SQLite file, step by step; each step can be repeated after a crash.
import { execFile } from 'node:child_process';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorMessage, NxsError } from '../../domain/errors.js';
import type { RotatingLog } from '../files/rotating-log.js';
import { copyParts, removeParts } from './database-copy.js';
import { chooseEnginePorts, spawnEngine } from './engine.js';
import type { PourAnswer, Poured } from './pour.js';

/** ms: a new file is made in 2 s on an idle machine. */
const MAKE_MS = 120_000;

export interface ConvertOptions {
  readonly database: string;
  /** The copy that was made before; the rows come from it, so a half-done try before this one does no harm. */
  readonly copy: string;
  /** Makes a file with the new engine's tables. */
  readonly make: (path: string) => Promise<void>;
  readonly pour: (old: string, fresh: string) => Promise<Poured>;
}

/**
 * Brings the file into the form of the new engine. Throws NxsError ENGINE_DATABASE when the rows have no place there; then, and
 * when making or pouring fails, the file is untouched.
 */
export async function convertDatabase({ database, copy, make, pour }: ConvertOptions): Promise<Poured> {
  const scratch = scratchOf(database);
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { mode: 0o700 });
  const [old, fresh] = [join(scratch, 'old.db'), join(scratch, 'new.db')];
  try {
    await copyParts(copy, old);
    await make(fresh);
    const poured = await pour(old, fresh);
    if (poured.kind === 'refused')
      throw new NxsError(
        'ENGINE_DATABASE',
        `Temporal's database could not be brought into the form of the new version: ${poured.reason}; it is kept as ${copy}.`,
        { database, copy },
      );
    // The same tables: the file as it was, in case that an earlier try was cut off in the middle of the exchange.
    const result = poured.kind === 'same' ? old : fresh;
    if (poured.kind === 'same') {
      await removeParts(old);
      await copyParts(copy, old);
    }
    await removeParts(database);
    await placeParts(result, database);
    return poured;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function placeParts(from: string, to: string): Promise<void> {
  await copyParts(from, `${to}.next`);
  for (const part of ['-journal', '-wal', ''])
    await rename(`${to}.next${part}`, `${to}${part}`).catch((error: unknown) => {
      if (part === '') throw error;
    });
}

export interface MakeOptions {
  readonly program: string;
  readonly version: string;
  readonly log: RotatingLog;
  readonly signal: AbortSignal;
}

/** Where a conversion works; an engine that was left over there is recognised by it. */
export function scratchOf(database: string): string {
  return join(dirname(database), 'converting');
}

/** Lets the engine make its own empty file, and stops it. */
export async function makeEmpty(path: string, options: MakeOptions): Promise<void> {
  const { program, version, log, signal } = options;
  const ports = await chooseEnginePorts({ port: 17_200, uiPort: 17_400 });
  const command = { host: '127.0.0.1', ...ports, database: path, ui: false, version };
  await new Promise<void>((resolve, reject) => {
    const child = spawnEngine(program, command, log, () => child.kill('SIGTERM'));
    const kill = () => child.kill('SIGKILL');
    const late = setTimeout(kill, MAKE_MS);
    signal.addEventListener('abort', kill);
    child.once('error', reject);
    child.once('exit', (code, by) => {
      clearTimeout(late);
      signal.removeEventListener('abort', kill);
      if (code === 0 || by === 'SIGTERM') resolve();
      else
        reject(new Error(`Temporal ${version} ended with ${String(code ?? by)} while it made an empty file`));
    });
  });
}

/**
 * `pour` in a process of its own, which `signal` ends. `main`: the compiled pour-main. Its line is all that is waited for: on a busy
 * machine Node itself may hang as a process ends whose WebAssembly is still being compiled (nodejs/node issue 54918).
 */
export async function pourApart(
  main: string,
  { old, fresh, signal }: { readonly old: string; readonly fresh: string; readonly signal: AbortSignal },
): Promise<Poured> {
  const { line, problem } = await new Promise<{ readonly line: string; readonly problem: string }>(
    (resolve) => {
      const child = execFile(process.execPath, [main, old, fresh], { signal }, (error, stdout, stderr) => {
        resolve({ line: stdout.trim(), problem: stderr.trim() === '' ? errorMessage(error) : stderr.trim() });
      });
      child.stdout?.on('data', (chunk) => {
        if (String(chunk).endsWith('\n')) child.kill('SIGKILL');
      });
    },
  );
  if (line === '') throw new Error(problem);
  const answer = JSON.parse(line) as PourAnswer;
  if (answer.kind === 'failed') throw new Error(answer.reason);
  return answer;
}
