// What the gateway costs while all is well, and what it saves when it is not: beside the upstream itself, a bare Node proxy,
// Portkey and LiteLLM, in one run on one machine, in turn.
import { findLoader } from '../measure/http-load.js';
import { orFailed, row, type Row } from '../measure/row.js';
import { BARE_PROXY } from '../subjects/bare-proxy.js';
import { ourGateway } from '../subjects/gateway.js';
import { findLiteLlm } from '../subjects/litellm.js';
import type { LlmPeer } from '../subjects/llm-subject.js';
import { findPortkey } from '../subjects/portkey.js';
import type { Scratch } from '../subjects/scratch.js';
import { benchDurable } from './failover-durable.js';
import { benchFaults } from './failover-faults.js';
import { benchOpen } from './failover-open.js';
import { benchSpeed } from './failover-speed.js';
import type { SuiteOptions } from './suite.js';

export async function benchFailover(scratch: Scratch, options: SuiteOptions): Promise<readonly Row[]> {
  const loader = await findLoader(scratch.dir('loader'));
  options.say(`load by ${loader.name}`);
  const ours = ourGateway(scratch);
  const portkey = await findPortkey(scratch, null);
  const tuned = await findPortkey(scratch, 2000);
  const litellm = await findLiteLlm(scratch, options.with.includes('litellm'));
  const peers = [portkey, litellm].filter(isPeer);
  const absent = [portkey, litellm].filter((each) => !isPeer(each)) as { readonly reason: string }[];
  return [
    ...(await benchSpeed({ ours, bare: BARE_PROXY, peers, loader }, options)),
    ...(await orFailed('faults', benchFaults(ours, [portkey, tuned, litellm].filter(isPeer), options))),
    ...(await orFailed('open provider', benchOpen(ours, loader, options))),
    ...(await orFailed('durable lane', benchDurable(scratch, options))),
    ...absent.map(({ reason }) => row({ what: 'a peer is missing', note: reason })),
  ];
}

function isPeer(found: LlmPeer | { readonly reason: string }): found is LlmPeer {
  return 'start' in found;
}
