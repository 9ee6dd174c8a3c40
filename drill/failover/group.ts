// The LLM goes on answering.
import type { Group } from '../scenario.js';
import { allProvidersDown } from './all-down.js';
import { provider500s, providerHang, providerRefused } from './one-provider.js';
import { providerRateLimited } from './rate-limited.js';
import { providerReturns } from './returns.js';
import { openFailover, type FailoverSetting } from './setting.js';
import { streamCut } from './stream-cut.js';

export const failoverGroup: Group<FailoverSetting> = {
  name: 'failover',
  scenarios: [
    providerRefused,
    provider500s,
    providerHang,
    streamCut,
    providerRateLimited,
    allProvidersDown,
    providerReturns,
  ],
  open: openFailover,
};
