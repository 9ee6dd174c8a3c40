import type { Command } from '../definition.js';

export const syncStatus: Command = {
  name: 'sync status',
  summary:
    'how the last cycle ended, what waits and why, and what each node changed last; exit 1 when something is held',
  details: 'Reads the state directory; no control plane is needed.',
  json: true,
  async run({ context }) {
    const { loadFor } = await import('../setup.js');
    const { readSyncStatus } = await import('../../workers/sync/view.js');
    const { tailnetPeers } = await import('../../workers/sync/tailnet.js');
    const { exitOf, printPeers, printStatus } = await import('../sync-text.js');
    const config = await loadFor(context);
    const status = await readSyncStatus(config);
    const peers = await tailnetPeers();
    if (context.json) context.out(JSON.stringify({ node: config.node, status, tailnet: peers }));
    else if (status === null)
      context.out('no cycle has ended yet: start the control plane (npm start), or run nxs sync run');
    else {
      printStatus(context, status);
      printPeers(context, peers);
    }
    return status === null ? 4 : exitOf(status);
  },
};
