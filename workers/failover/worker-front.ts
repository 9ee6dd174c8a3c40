// The front's desk as the activities see it.
import type { FrontPort } from '../../activities/failover/ports.js';
import type { ProvidersView } from '../../gateway/view.js';
import type { Caller } from '../rpc.js';
import type { FrontCalls } from './calls.js';

export function frontPort(front: Caller<FrontCalls>): FrontPort {
  return {
    claim: (input) => front.call('failover.claim', input),
    async settle(id, end) {
      // A front that has gone has freed the grant with our process; the answer stands all the same.
      await front.call('failover.settle', { id, end }).catch(() => null);
    },
    async looked(readings) {
      await front.call('failover.looked', { readings });
    },
    async switchTo(next) {
      return orderOf(await front.call('failover.switch', next));
    },
    async reset(name) {
      return orderOf(await front.call('failover.reset', { name }));
    },
    async troubled() {
      const { providers } = await front.call('failover.view', null);
      const names = providers.filter(({ state }) => state === 'open' || state === 'half_open');
      return new Set(names.map(({ name }) => name));
    },
  };
}

function orderOf({ providers }: ProvidersView): { readonly order: readonly string[] } {
  const usable = providers.filter(({ state }) => state !== 'not_configured');
  return { order: usable.map(({ name }) => name) };
}
