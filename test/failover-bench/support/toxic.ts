// A healthy provider behind toxiproxy: what breaks is the connection itself.
import { startToxiproxy } from '../../support/llm-peers.js';
import { openUpstream, type Upstream } from '../../support/llm-upstream.js';

interface Toxic {
  readonly type: 'reset_peer' | 'timeout' | 'latency' | 'limit_data';
  readonly attributes: Readonly<Record<string, number>>;
}

/** The toxic works on what the provider sends. */
export async function openToxic(program: string, model: string, toxic: Toxic): Promise<Upstream> {
  const upstream = await openUpstream({ model });
  const control = await startToxiproxy(program);
  const post = async (path: string, body: object) => {
    const answer = await fetch(`${control.url}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`toxiproxy: ${await answer.text()}`);
    return (await answer.json()) as { listen: string };
  };
  const { listen } = await post('/proxies', {
    name: 'provider',
    listen: '127.0.0.1:0',
    upstream: new URL(upstream.url).host,
    enabled: true,
  });
  await post('/proxies/provider/toxics', { ...toxic, stream: 'downstream', toxicity: 1 });
  return {
    url: `http://${listen}/v1`,
    model,
    attempts: upstream.attempts,
    async close() {
      await control.close();
      await upstream.close();
    },
  };
}
