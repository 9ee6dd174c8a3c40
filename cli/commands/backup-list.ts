import { describeChanges } from '../../domain/backup/difference.js';
import type { DestinationHistory } from '../../workers/history.js';
import { countOption, textOption, type Command, type Context } from '../definition.js';
import { printable } from '../printable.js';
import { inWords } from '../size.js';

const DEFAULT_LIMIT = 20;

export const backupList: Command = {
  name: 'backup list',
  summary: 'the backups that each destination holds, newest first: what --at takes, and what each changed',
  details:
    'Reads the destinations in this process; no control plane is needed. Exit 1 when one cannot be read.',
  options: [
    { flags: '--destination <name>', summary: 'only this destination' },
    { flags: '--limit <n>', summary: `how many of each (default ${String(DEFAULT_LIMIT)})` },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const limit = countOption(invocation, 'limit') ?? DEFAULT_LIMIT;
    const { loadFor } = await import('../setup.js');
    const { listHistory } = await import('../../workers/history.js');
    const wanted = { destination: textOption(invocation, 'destination') ?? null, limit };
    const config = await loadFor(context);
    const destinations = await listHistory(config, wanted, (line) => context.progress(line));
    context.progress(null);
    if (context.json) context.out(JSON.stringify({ destinations }));
    else for (const each of destinations) print(context, each);
    return destinations.some(({ state }) => state === 'failed') ? 1 : 0;
  },
};

function print(context: Context, { name, location, state, note, backups }: DestinationHistory): void {
  const colour = state === 'ready' ? 'good' : state === 'failed' ? 'bad' : 'dim';
  const said = note === null ? '' : `: ${state === 'not_configured' ? 'not configured, ' : ''}${note}`;
  context.out(`${context.paint(colour, name)} (${location})${said}`);
  for (const { commit, at, subject, files, bytes, added, changed, removed } of backups) {
    const held = files === null ? 'its tree cannot be read' : `${files} files, ${inWords(bytes ?? 0)}`;
    const what =
      added === null || changed === null || removed === null
        ? printable(subject)
        : describeChanges({ added, changed, removed });
    context.out(`  ${commit.slice(0, 12)}  ${at.replace(/\.\d+Z$/, 'Z')}  ${held}: ${what}`);
  }
}
