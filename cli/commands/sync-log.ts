import { countOption, textOption, type Command } from '../definition.js';
import { printable } from '../printable.js';

const DEFAULT_LIMIT = 20;

export const syncLog: Command = {
  name: 'sync log',
  summary:
    'merges of every node, newest first: who decided when by which rule, and how the other version comes back',
  details: 'Reads our copy of the hub; no control plane is needed.',
  options: [
    { flags: '--path <path>', summary: 'only of this file' },
    { flags: '--limit <n>', summary: `how many (default ${String(DEFAULT_LIMIT)})` },
  ],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const limit = countOption(invocation, 'limit') ?? DEFAULT_LIMIT;
    const path = textOption(invocation, 'path');
    const { loadFor } = await import('../setup.js');
    const { openSyncDesk } = await import('../../workers/sync/view.js');
    const all = await openSyncDesk(await loadFor(context)).log();
    const entries = all.filter((entry) => path === undefined || entry.path === path).slice(0, limit);
    if (context.json) {
      context.out(JSON.stringify({ entries }));
      return 0;
    }
    if (entries.length === 0) context.out('nothing was merged yet');
    for (const { at, node, rule, path: file, lost, other, detail } of entries) {
      context.out(`${at}  ${printable(node)}  ${rule}  ${printable(file)}`);
      context.out(`    ${printable(detail)}`);
      if (other !== null) context.out(`    the other version goes on as ${printable(other)}`);
      if (lost !== null)
        context.out(
          `    it comes back with: nxs sync restore ${quoted(file)} --version ${lost.slice(0, 12)}`,
        );
    }
    return 0;
  },
};

/** For a shell, when it has to be. */
function quoted(path: string): string {
  const shown = printable(path);
  return /^[\w./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
