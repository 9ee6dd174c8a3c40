import { textArgument, type Command } from '../definition.js';

export const temporalDbRestore: Command = {
  name: 'temporal-db restore',
  summary: "put a copy of the embedded Temporal's database back, after an upgrade of the engine went wrong",
  details:
    'Stop the control plane first. Histories and schedules are then as they were when the copy was made; backups, journal and synced files do not depend on it. The file that was there is moved aside and kept.',
  args: [
    {
      name: '[copy]',
      summary: 'name of the copy, as `nxs temporal-db list` shows it; the newest one when left out',
    },
  ],
  async run(invocation) {
    const { context } = invocation;
    const { loadFor } = await import('../setup.js');
    const { lockState } = await import('../../workers/state-lock.js');
    const { restoreDatabase } = await import('../../adapters/temporal/database-restore.js');
    const { stateDir } = await loadFor(context);
    const lock = await lockState(stateDir);
    try {
      const { copy, aside } = await restoreDatabase(stateDir, textArgument(invocation, 0) ?? null);
      context.out(`restored ${copy.name}: the database is as Temporal ${copy.from} left it at ${copy.made}`);
      if (aside !== null) context.out(`what was there is kept as ${aside}`);
      context.out(`start it with Temporal ${copy.from} or newer (a newer one copies it aside again)`);
      return 0;
    } finally {
      await lock.release();
    }
  },
};
