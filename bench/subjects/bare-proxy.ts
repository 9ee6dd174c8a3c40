import { launch } from './child-server.js';
import type { LlmPeer } from './llm-subject.js';
import { builtBench } from './root.js';

/** A Node proxy that only passes bytes on to the first provider. */
export const BARE_PROXY: LlmPeer = {
  name: 'bare Node proxy',
  async start(providers) {
    const args = [builtBench('bare-proxy.js'), new URL(providers[0] ?? '').origin];
    const server = await launch({ program: process.execPath, args, env: {}, ready: '/v1/models' });
    return { name: this.name, headers: {}, model: 'auto', server };
  },
};
