import path from 'node:path';
import type { RestoreResult } from '../../domain/backup/results.js';
import type { Config } from '../../config/types.js';
import { NxsError } from '../../domain/errors.js';
import {
  flag,
  manyArguments,
  textOption,
  type Command,
  type Context,
  type Invocation,
} from '../definition.js';

export const backupRestore: Command = {
  name: 'backup restore',
  summary: 'give files back: staged, hashed, then placed one by one; what they replace is kept for --undo',
  details: 'PATH is a file, a directory or a glob, relative to the data directory; none means all.',
  args: [{ name: '[path...]', summary: 'what to restore' }],
  options: [
    { flags: '--to <dir>', summary: 'into this directory instead of the data directory' },
    { flags: '--at <revision>', summary: 'as of a commit, or of a date such as 2026-11-20' },
    { flags: '--destination <name>', summary: 'from this destination (default: the first that has it)' },
    { flags: '--dry-run', summary: 'say what would be written, write nothing' },
    { flags: '--undo [id]', summary: 'give back what a restore replaced (default: the latest)' },
    { flags: '--offline', summary: 'without Temporal, in this process' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const request = requestOf(invocation);
    const config = await loadFor(context);
    const { result, link } = flag(invocation, 'offline')
      ? await offline(context, config, request)
      : await online(context, config, request);
    if (context.json) context.out(JSON.stringify({ ...result, link }));
    else print(context, result);
    return result.refused + result.unverified === 0 ? 0 : 1;
  },
};

type Request = ReturnType<typeof requestOf>;

function requestOf(invocation: Invocation) {
  const to = textOption(invocation, 'to');
  const undo = invocation.options['undo'];
  if (to?.trim() === '') throw new NxsError('USAGE', '--to is empty; name a directory.');
  const paths = manyArguments(invocation, 0);
  if (
    undo !== undefined &&
    (paths.length > 0 || to !== undefined || textOption(invocation, 'at') !== undefined)
  ) {
    throw new NxsError(
      'USAGE',
      '--undo takes back a whole restore; it does not go with paths, --to or --at.',
    );
  }
  return {
    destination: textOption(invocation, 'destination') ?? null,
    at: textOption(invocation, 'at') ?? null,
    to: to === undefined ? null : path.resolve(to),
    paths,
    dryRun: flag(invocation, 'dryRun'),
    undo: undo === true ? 'latest' : typeof undo === 'string' ? undo : null,
  };
}

interface Restored {
  readonly result: RestoreResult;
  readonly link: string | null;
}

async function online(context: Context, config: Config, request: Request): Promise<Restored> {
  const { follow } = await import('../follow.js');
  const { value, link } = await follow(context, config, {
    kind: 'restore',
    type: 'restoreFiles',
    input: { node: config.node, ...request },
    summary: request.undo === null ? `restore to ${request.to ?? config.dataDir}` : 'undo of a restore',
  });
  return { result: value as RestoreResult, link };
}

async function offline(context: Context, config: Config, request: Request): Promise<Restored> {
  const { restoreOffline } = await import('../../workers/offline.js');
  const result = await restoreOffline(config, request, (line) => context.progress(line));
  context.progress(null);
  return { result, link: null };
}

function print(context: Context, result: RestoreResult): void {
  const whole = result.refused + result.unverified === 0;
  context.out(`${context.paint(whole ? 'good' : 'bad', whole ? 'ok' : 'NOT WHOLE')}  ${result.summary}`);
  for (const note of result.notes) context.out(`    ${note}`);
  if (result.undo !== null) context.out(`  take it back with: nxs backup restore --undo ${result.undo}`);
}
