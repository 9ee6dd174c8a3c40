import { NxsError } from '../../domain/errors.js';
import { NODE_NAME } from '../../domain/ids.js';
import { flag, textArgument, type Command } from '../definition.js';

export const fleetForget: Command = {
  name: 'fleet forget',
  summary: 'give up a node that is gone for good: end its runs and remove its schedules on this Temporal',
  details:
    'Its files stay in the hub and on the other nodes, its backups in their destinations, its histories until their retention is over. A machine that comes back under the name makes its own anew. Exit 1: a worker still works for it, and nothing was done.',
  args: [{ name: '<node>', summary: 'its name, as in nxs fleet' }],
  options: [{ flags: '--dry-run', summary: 'show what would be ended and removed' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const node = textArgument(invocation, 0) ?? '';
    if (!NODE_NAME.test(node))
      throw new NxsError('USAGE', `"${node}" is not a node name; nxs fleet lists them.`);
    const { loadFor } = await import('../setup.js');
    const { lookAtTemporal } = await import('../../workers/reach-temporal.js');
    const { forgetNode } = await import('../../workers/fleet/forget.js');
    const { noteForgotten } = await import('../../workers/fleet/forgotten-file.js');
    const config = await loadFor(context);
    if (node === config.node)
      throw new NxsError(
        'USAGE',
        `"${node}" is this machine itself; another node can forget it once it is off.`,
      );
    const dryRun = flag(invocation, 'dryRun');
    const now = Date.now();
    const reached = await lookAtTemporal(config);
    try {
      const { alive, runs, schedules } = await forgetNode(reached.client, node, { dryRun, now });
      const done = !dryRun && alive === null;
      if (done) await noteForgotten(config.stateDir, node, new Date(now).toISOString());
      if (context.json) context.out(JSON.stringify({ node, dry_run: dryRun, done, alive, runs, schedules }));
      else if (alive !== null)
        context.out(
          `${node} is there: a worker${alive.host === null ? '' : ` on ${alive.host}`} asked for work at ${alive.seen}. Stop it first; two minutes later it can be forgotten.`,
        );
      else {
        for (const id of schedules) context.out(`${dryRun ? 'would remove' : 'removed'} schedule ${id}`);
        for (const id of runs) context.out(`${dryRun ? 'would end' : 'ended'} ${id}`);
        if (schedules.length + runs.length === 0) context.out(`Temporal has nothing of ${node}`);
        if (done) context.out(`${node} is forgotten`);
      }
      return alive === null ? 0 : 1;
    } finally {
      await reached.close();
    }
  },
};
