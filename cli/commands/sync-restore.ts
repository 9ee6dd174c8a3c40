import { NxsError } from '../../domain/errors.js';
import { textArgument, textOption, type Command } from '../definition.js';
import { printable } from '../printable.js';

export const syncRestore: Command = {
  name: 'sync restore',
  summary:
    'put a version of a file back in its place; what it replaces is kept, and the next cycle tells the others',
  args: [{ name: '<path>', summary: 'relative to the data directory' }],
  options: [
    { flags: '--version <id>', summary: 'which one, as nxs sync log and nxs sync show --versions name it' },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const file = textArgument(invocation, 0) ?? '';
    const version = textOption(invocation, 'version');
    if (version === undefined)
      throw new NxsError('USAGE', `--version is missing; nxs sync show ${file} --versions lists them.`);
    const { loadFor } = await import('../setup.js');
    const { openSyncDesk } = await import('../../workers/sync/view.js');
    const back = await openSyncDesk(await loadFor(context)).restore(file, version);
    if (context.json) context.out(JSON.stringify(back));
    else if (back.same) context.out(`${printable(file)} has that version already`);
    else {
      context.out(`${printable(file)} is back as ${back.oid.slice(0, 12)}`);
      if (back.backup !== null)
        context.out(`  what it was is kept as sync/backups/${printable(back.backup)} in the state directory`);
    }
    return 0;
  },
};
