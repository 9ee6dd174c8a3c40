import type { SyncDiff } from '../../workers/sync/view.js';
import type { Command, Context } from '../definition.js';
import { printable } from '../printable.js';

const SIGNS = { added: '+', changed: '~', deleted: '-' } as const;
const ARROWS = { out: '->', in: '<-', both: '<>' } as const;

export const syncDiff: Command = {
  name: 'sync diff',
  summary:
    'dry run: what the next cycle would send (->), bring in (<-) or make of both sides (<>); exit 1 when there is anything',
  details: 'Looks at the hub and changes nothing; no control plane is needed.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { openSyncDesk } = await import('../../workers/sync/view.js');
    const diff = await openSyncDesk(await loadFor(context)).diff((line) => context.progress(line));
    context.progress(null);
    if (context.json) context.out(JSON.stringify(diff));
    else print(context, diff);
    return diff.changes.length + diff.waiting.length === 0 ? 0 : 1;
  },
};

function print(context: Context, { changes, merges, held, waiting, fresh }: SyncDiff): void {
  if (!fresh) context.note('the hub was not reached: held against what was seen of it last');
  if (changes.length + waiting.length === 0) context.out('no difference');
  for (const { path, change, direction } of changes)
    context.out(`${SIGNS[change]} ${ARROWS[direction]} ${printable(path)}`);
  for (const { path, rule, detail } of merges)
    context.out(`  ${rule}  ${printable(path)}: ${printable(detail)}`);
  for (const { token, kind, direction, paths } of waiting)
    context.out(context.paint('bad', `  would wait: ${paths.length} x ${kind}, ${direction} (${token})`));
  for (const { path, reason, detail } of held)
    context.out(`  held  ${printable(path)}: ${reason}, ${printable(detail)}`);
}
