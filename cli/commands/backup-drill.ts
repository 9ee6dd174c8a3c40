import type { DrillRun } from '../../domain/backup/drill.js';
import { textOption, type Command, type Context } from '../definition.js';
import { inWords } from '../size.js';

const EXIT = { green: 0, not_green: 1, inconclusive: 4 } as const;

export const backupDrill: Command = {
  name: 'backup drill',
  summary:
    'restore all of the newest backup into a scratch directory and hash every file; exit 1 when one does not come back right',
  details:
    'From the destination alone, by its own manifest. Nothing of the data directory is touched; the scratch directory lies below the state directory and is removed. Exit 4 when it could not be tried.',
  options: [{ flags: '--destination <name>', summary: 'only this destination' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { follow } = await import('../follow.js');
    const config = await loadFor(context);
    const destination = textOption(invocation, 'destination') ?? null;
    const { value, link } = await follow(context, config, {
      kind: 'restore-drill',
      type: 'restoreDrill',
      input: { node: config.node, destination },
      summary: `restore drill of ${destination ?? 'every destination'}, asked for by a person`,
    });
    const result = value as DrillRun;
    if (context.json) context.out(JSON.stringify({ ...result, link }));
    else print(context, result);
    return EXIT[result.outcome];
  },
};

function print(context: Context, { destinations, skipped }: DrillRun): void {
  for (const each of destinations) {
    const good = each.outcome === 'green';
    const mark = good ? 'ok ' : each.outcome === 'not_green' ? 'BAD' : '???';
    const at = each.commit === null ? '' : ` at ${each.commit.slice(0, 12)}`;
    const proved = `${each.counts['proved'] ?? 0} of ${each.files} files brought back and proved`;
    const took = `${inWords(each.bytes)}, ${(each.duration_ms / 1000).toFixed(1)} s`;
    context.out(`${context.paint(good ? 'good' : 'bad', mark)} ${each.destination}${at}: ${proved}, ${took}`);
    if (each.note !== null) context.out(`    ${each.note}`);
    for (const line of each.bad) context.out(`    ${line}`);
    if ((each.changed_since ?? 0) > 0)
      context.out(`    ${each.changed_since} changed here since (the next backup takes them)`);
  }
  for (const name of skipped) context.out(`${context.paint('dim', '-  ')} ${name}: not configured`);
}
