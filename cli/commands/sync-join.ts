import type { Command } from '../definition.js';
import { runOneCycle } from '../sync-cycle.js';

export const syncJoin: Command = {
  name: 'sync join',
  summary:
    'meet the hub anew: after a change of hub, one that was set back, or a data directory that was replaced',
  details:
    'Both sides are joined and nothing is deleted; where a file differs the hub has its name and yours goes on beside it. A node that never met its hub does this by itself.',
  json: true,
  run: ({ context }) => runOneCycle(context, true),
};
