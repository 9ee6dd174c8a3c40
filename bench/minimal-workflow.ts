// Bundled and run by the bench: the least that Temporal can do for one call of a provider.
import { proxyActivities } from '@temporalio/workflow';

interface MinimalActivities {
  call(url: string): Promise<string>;
}

const { call } = proxyActivities<MinimalActivities>({ startToCloseTimeout: '1 minute' });

export function minimal(url: string): Promise<string> {
  return call(url);
}
