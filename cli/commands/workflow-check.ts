import type { Command } from '../definition.js';

export const workflowCheck: Command = {
  name: 'workflow check',
  summary:
    'ask every running workflow of this node whether the present code can go on with it; exit 1 when one cannot',
  json: true,
  async run({ context }) {
    const { loadFor, reachTemporal } = await import('../setup.js');
    const { findStuck } = await import('../../workers/stuck/find.js');
    const config = await loadFor(context);
    const reached = await reachTemporal(config);
    const { client } = reached;
    try {
      const stuck = await findStuck(client, config.node);
      if (context.json) context.out(JSON.stringify({ ok: stuck.length === 0, stuck }));
      for (const { workflow, type, reason, mend } of context.json ? [] : stuck) {
        context.out(context.paint('bad', `${workflow} (${type}) cannot go on: ${reason}`));
        context.out(`  ${mend}`);
      }
      if (!context.json && stuck.length === 0) context.out('every running workflow goes on');
      return stuck.length === 0 ? 0 : 1;
    } finally {
      await reached.close();
    }
  },
};
