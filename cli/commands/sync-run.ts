import type { Command } from '../definition.js';
import { runOneCycle } from '../sync-cycle.js';

export const syncRun: Command = {
  name: 'sync run',
  summary: 'meet the hub now, and say what went out, what came in and what waits',
  details:
    'Waits for a cycle that began after the call. Exit 0 all is well, 1 something waits for a person or is held, 4 the hub was not reached (changes wait here).',
  json: true,
  run: ({ context }) => runOneCycle(context, false),
};
