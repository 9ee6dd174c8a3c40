import { NxsError } from '../../domain/errors.js';
import { textArgument, type Command } from '../definition.js';

export const workflowRestart: Command = {
  name: 'workflow restart',
  summary:
    'start the monitor (healing) or the owner of the switch (providers) anew, when its history does not fit this version',
  details:
    'The run that is there is ended; the new one begins with what the state directory knows: open incidents go on by themselves and are not begun again, switch and breakers stay.',
  args: [{ name: '<name>', summary: 'healing or providers' }],
  async run(invocation) {
    const { context } = invocation;
    const name = textArgument(invocation, 0);
    if (name !== 'healing' && name !== 'providers')
      throw new NxsError('USAGE', `"${name ?? ''}" cannot be started anew; it is "healing" or "providers".`);
    const { loadFor, reachTemporal } = await import('../setup.js');
    const { restartHealing, restartProviders } = await import('../../workers/stuck/restart.js');
    const config = await loadFor(context);
    const reached = await reachTemporal(config);
    const { client } = reached;
    try {
      const id =
        name === 'healing'
          ? await restartHealing(client, config)
          : await restartProviders(client, config, (line) => context.note(line));
      context.out(`${id} was started anew`);
      return 0;
    } finally {
      await reached.close();
    }
  },
};
