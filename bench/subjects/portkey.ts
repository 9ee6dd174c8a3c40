// Portkey's gateway has no configuration file: each request brings its own in a header.
import { launch } from './child-server.js';
import { freePort } from './free-port.js';
import type { LlmPeer } from './llm-subject.js';
import { findPeer } from './peer-script.js';
import type { Scratch } from './scratch.js';

/**
 * Portkey, installed when it is not there. A sentence when it cannot be had.
 * @param timeout ms that it gives a provider for its whole answer; null: as it comes, which is for ever
 */
export async function findPortkey(
  scratch: Scratch,
  timeout: number | null,
): Promise<LlmPeer | { readonly reason: string }> {
  const found = await findPeer('portkey.sh');
  if ('reason' in found) return found;
  const name = timeout === null ? 'Portkey' : `Portkey, time-out ${timeout / 1000} s`;
  return {
    name,
    async start(providers) {
      const port = await freePort();
      const args = [found.path, `--port=${port}`, '--headless'];
      const url = `http://127.0.0.1:${port}`;
      const env = { ...scratch.env, NODE_ENV: 'production', TRUSTED_CUSTOM_HOSTS: '127.0.0.1,localhost' };
      const server = await launch({ program: process.execPath, args, env, url, ready: '/' });
      const targets = providers.map((each) => ({
        provider: 'openai',
        api_key: 'none',
        custom_host: each,
        ...(timeout === null ? {} : { request_timeout: timeout }),
      }));
      const config = targets.length === 1 ? targets[0] : { strategy: { mode: 'fallback' }, targets };
      const headers = { 'x-portkey-config': JSON.stringify(config) };
      return { name, headers, model: 'model', server };
    },
  };
}
