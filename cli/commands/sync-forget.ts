import { NxsError } from '../../domain/errors.js';
import { textArgument, textOption, type Command } from '../definition.js';
import { printable } from '../printable.js';

export const syncForget: Command = {
  name: 'sync forget',
  summary:
    'remove one entry of an append log for good: merges keep entries that were only deleted in an editor',
  args: [{ name: '<path>', summary: 'the log, relative to the data directory' }],
  options: [{ flags: '--entry <text>', summary: 'a part of the first line of the entry' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const file = textArgument(invocation, 0) ?? '';
    const entry = textOption(invocation, 'entry') ?? '';
    if (entry.trim() === '')
      throw new NxsError('USAGE', '--entry is missing: a part of the first line of the entry.');
    const { readFile } = await import('node:fs/promises');
    const path = await import('node:path');
    const { unsafePath } = await import('../../domain/paths.js');
    const { loadFor } = await import('../setup.js');
    const { openSyncDesk } = await import('../../workers/sync/view.js');
    const unsafe = unsafePath(file);
    if (unsafe !== null)
      throw new NxsError('USAGE', `${JSON.stringify(file)} is no path in the data directory: ${unsafe}.`);
    const config = await loadFor(context);
    const bytes = await readFile(path.join(config.dataDir, file)).catch((error: unknown) => {
      throw new NxsError('USAGE', `${file} cannot be read in ${config.dataDir}.`, {}, error);
    });
    const gone = await openSyncDesk(config).forget(file, entry, bytes);
    if (context.json) context.out(JSON.stringify(gone));
    else {
      context.out(`forgotten: ${printable(gone.entry)}`);
      if (gone.backup !== null)
        context.out(
          `  the log as it was is kept as sync/backups/${printable(gone.backup)} in the state directory`,
        );
    }
    return 0;
  },
};
