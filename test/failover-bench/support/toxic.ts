// A healthy provider behind toxiproxy: what breaks is the connection itself.
import { openUpstream, type Upstream } from '../../support/llm-upstream.js';
import { openToxicProxy, type Toxic } from '../../support/toxic.js';

/** The toxic works on what the provider sends. */
export async function openToxic(program: string, model: string, toxic: Toxic): Promise<Upstream> {
  const upstream = await openUpstream({ model });
  const proxy = await openToxicProxy(program, upstream.url);
  await proxy.infect(toxic);
  return {
    url: `${new URL(proxy.url).origin}/v1`,
    model,
    attempts: upstream.attempts,
    async close() {
      await proxy.close();
      await upstream.close();
    },
  };
}
