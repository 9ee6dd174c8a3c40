import type { CheckResult } from '../../domain/backup/results.js';
import { NxsError } from '../../domain/errors.js';
import { describeCounts } from '../../domain/backup/record.js';
import { flag, textOption, type Command, type Context } from '../definition.js';

export const backupVerify: Command = {
  name: 'backup verify',
  summary:
    'check what the destinations hold against the last proved run; exit 1 when something is not proved',
  details:
    'quick compares ids and sizes; rolling (the default) reads the oldest share of the bytes back; --full reads all of them.',
  options: [
    { flags: '--full', summary: 'read every byte back and hash it' },
    { flags: '--quick', summary: 'ids and sizes only' },
    { flags: '--destination <name>', summary: 'only this destination' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    if (flag(invocation, 'full') && flag(invocation, 'quick')) {
      throw new NxsError('USAGE', '--full and --quick cannot stand together.');
    }
    const level = flag(invocation, 'full') ? 'full' : flag(invocation, 'quick') ? 'quick' : 'rolling';
    const { loadFor } = await import('../setup.js');
    const { follow } = await import('../follow.js');
    const config = await loadFor(context);
    const destination = textOption(invocation, 'destination') ?? null;
    const { value, link } = await follow(context, config, {
      kind: 'verify',
      type: 'verifyBackups',
      input: { node: config.node, destination, level, heal: false },
      summary: `${level} verification of ${destination ?? 'every destination'}, asked for by a person`,
    });
    const result = value as CheckResult;
    if (context.json) context.out(JSON.stringify({ ...result, link }));
    else print(context, result);
    return result.green ? 0 : 1;
  },
};

function print(context: Context, result: CheckResult): void {
  for (const each of result.destinations) {
    const good = each.state === 'proved';
    const counts = describeCounts(each.counts);
    const words = [counts === '' ? each.state.replace('_', ' ') : counts, `${each.read.files} read back`];
    context.out(
      `${context.paint(good ? 'good' : 'bad', good ? 'ok ' : 'BAD')} ${each.name}: ${words.join(', ')}`,
    );
    if (each.note !== null) context.out(`    ${each.note}`);
    for (const line of each.bad) context.out(`    ${line}`);
    if (each.changedSince > 0)
      context.out(`    ${each.changedSince} changed here since (the next backup takes them)`);
  }
}
