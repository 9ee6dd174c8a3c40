import { NxsError } from '../../domain/errors.js';
import { textArgument, type Command } from '../definition.js';

export const providerReset: Command = {
  name: 'provider reset',
  summary: 'close breakers and forget pauses and learned limits, of one provider or of all',
  details: 'In force when it returns. A switch stays as it is.',
  args: [{ name: '[name]', summary: 'the provider; left out: all of them' }],
  json: true,
  async run(invocation) {
    const { context } = invocation;
    const name = textArgument(invocation, 0) ?? null;
    const { loadFor, reachTemporal } = await import('../setup.js');
    const { updateManager } = await import('../../workers/failover/manager-client.js');
    const { orderText } = await import('../provider-text.js');
    const config = await loadFor(context);
    const reached = await reachTemporal(config);
    try {
      const result = await updateManager(reached.client, config, 'resetProviders', { name });
      if (result === null) {
        throw new NxsError('TEMPORAL_UNREACHABLE', 'No worker is polling, so nothing was reset.');
      }
      if (context.json) context.out(JSON.stringify(result));
      else
        context.out(
          `${name ?? 'all providers'}: breaker closed, pauses and limits forgotten; ${orderText(result)}`,
        );
      return 0;
    } finally {
      await reached.close();
    }
  },
};
