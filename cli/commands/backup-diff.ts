import { describeChanges, type FileChange } from '../../domain/backup/difference.js';
import type { BackupDiff } from '../../workers/history.js';
import { textArgument, textOption, type Command, type Context } from '../definition.js';
import { printable } from '../printable.js';
import { inWords } from '../size.js';

const SIGNS = { added: '+', changed: '~', removed: '-' } as const;

export const backupDiff: Command = {
  name: 'backup diff',
  summary:
    'files that differ between two backups, or between a backup and the data directory; exit 1 when any does',
  details:
    'A and B are revisions or dates, as --at takes them. Without B, A is held against the data directory; without both, the newest backup is. Names and sizes only, never contents. No control plane is needed.',
  args: [
    { name: '[a]', summary: 'the earlier side (default: the newest backup)' },
    { name: '[b]', summary: 'the later side (default: the data directory)' },
  ],
  options: [{ flags: '--destination <name>', summary: 'in this destination (default: the first one)' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { diffHistory } = await import('../../workers/history.js');
    const config = await loadFor(context);
    const input = {
      destination: textOption(invocation, 'destination') ?? null,
      from: textArgument(invocation, 0) ?? null,
      to: textArgument(invocation, 1) ?? null,
    };
    const diff = await diffHistory(config, input, (line) => context.progress(line));
    context.progress(null);
    if (context.json) context.out(JSON.stringify(diff));
    else print(context, diff, config.dataDir);
    return diff.same ? 0 : 1;
  },
};

function print(context: Context, diff: BackupDiff, dataDir: string): void {
  const to = diff.to === null ? dataDir : diff.to.slice(0, 12);
  context.out(`${diff.destination}: ${diff.from.slice(0, 12)} -> ${to}: ${describeChanges(diff)}`);
  for (const file of diff.files) context.out(`  ${lineOf(file)}`);
  for (const problem of diff.problems) context.out(`  ${context.paint('bad', '?')} ${printable(problem)}`);
}

function lineOf({ change, path, before, after }: FileChange): string {
  const sizes = [before, after].flatMap((size) => (size === null ? [] : [inWords(size)]));
  return `${SIGNS[change]} ${printable(path)}  ${sizes.join(' -> ')}`;
}
